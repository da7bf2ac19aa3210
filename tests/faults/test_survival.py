"""A few faults of the storm, in `make test`; and points that the product no longer passes."""

import pytest

from faults.ground import Ground
from faults.killed import Conditions
from faults.points import POINTS, struck
from faults.storm import damaged


@pytest.mark.slow
def test_killed_at_four_points_a_study_equals_an_uninterrupted_one(ground: Ground) -> None:
    case = ground.case("bulk", "four-points")
    for point, nth in (
        ("between the names of the four tables' parts", 2),
        ("after the part of runs has its name", 1),
        ("bulk: inside the transaction", 3),
        ("bulk: after the transaction", 2),
    ):
        assert case.interrupted(Conditions(point, nth, eager=True)) == -9, point
    case.concluded()
    assert not any(case.findings), "\n".join(map(str, case.findings))


@pytest.mark.slow
def test_a_damaged_study_becomes_whole_again(ground: Ground) -> None:
    case = damaged(ground, 1)
    assert not any(case.findings), "\n".join(map(str, case.findings))


@pytest.mark.slow
def test_every_point_is_passed_by_a_study(ground: Ground) -> None:
    passed = {name for study in ("bulk", "figures", "client", "jobs") for name in ground.course(study).passings}
    assert passed == POINTS.keys() - {"while a new store gets its name"}  # there is a store already


def test_only_the_nth_passing_is_struck() -> None:
    passed = struck(3, "full")
    halves: list[int] = []
    for index in range(2):
        passed("x", lambda index=index: halves.append(index))
    with pytest.raises(OSError, match="No space left"):
        passed("x", lambda: halves.append(2))
    assert halves == [2]
