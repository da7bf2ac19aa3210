"""What a study may be."""

from typing import Any

import pytest

from rmsprop_lab import Study
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts


def study(**changes: Any) -> Study:
    given: dict[str, Any] = {
        "name": "s",
        "objectives": {"bowl": Bowl()},
        "optimizers": {"gd": GD(0.1)},
        "starts": Starts(),
        "n_iter": 5,
        **changes,
    }
    return Study(**given)


def test_a_plan_is_counted_before_it_is_made() -> None:
    with pytest.raises(InputError, match=r"max_runs.*1,000,000,000"):
        study(search=Search("grid"), spaces={"gd": {"step_size": Range(0.1, 1.0, "log", 10**9)}})


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"name": "../up"}, "name"),
        ({"name": "artifacts"}, "name"),
        ({"name": 3}, "name"),
        ({"n_iter": 0}, "n_iter"),
        ({"objectives": {}}, "objectives"),
        ({"optimizers": {}}, "optimizers"),
        ({"starts": Starts("fixed", points=((1.0,),))}, "starts.points"),
        ({"search": Search("grid")}, "spaces.gd"),
        ({"search": Search("grid"), "spaces": {"gd": {"rho": Range(values=(0.9,))}}}, "spaces.gd"),
        (
            {"search": Search("grid"), "spaces": {"gd": {"step_size": Range(values=(0.1, -1.0))}}},
            "spaces.gd.step_size",
        ),
    ],
)
def test_bad_studies_are_refused(changes: dict, key: str) -> None:
    with pytest.raises(InputError) as error:
        study(**changes)
    assert error.value.key == key


SEARCHED: dict[str, Any] = {
    "starts": Starts(count=4, seed=3),
    "search": Search("random", trials=2),
    "spaces": {"gd": {"step_size": Range(0.1, 1.0)}},
}
FIXED = [[0.5, -0.5], [1.0, 0.0]]


@pytest.mark.parametrize(
    "changes",
    [
        {"evaluation": Starts(count=4, seed=3)},
        {"evaluation": Starts(count=2, seed=3)},
        {"evaluation": Starts(count=9, seed=3)},
        {"evaluation": Starts(count=9, seed=4), "search": Search("random", trials=2, repeats=2)},
        {"evaluation": [[9.0, 9.0], [1.0, -0.0]], "starts": FIXED},
        {"evaluation": Starts("tutorial", count=2), "starts": Starts("tutorial", count=3)},
    ],
    ids=["the same", "some of them", "more", "those of a repeat", "a fixed one", "the tutorial's"],
)
def test_starts_that_a_search_sees_are_no_evaluation(changes: dict) -> None:
    with pytest.raises(InputError, match=r"evaluation: expected starts that no search sees, found [1-9]"):
        study(**SEARCHED | changes)


@pytest.mark.parametrize("evaluation", [Starts("fresh", count=4, seed=3), Starts(count=4, seed=4), [[0.1, 0.2]], None])
def test_starts_that_no_search_sees_are_taken(evaluation: Any) -> None:
    study(**SEARCHED | {"evaluation": evaluation})


def test_without_a_search_there_is_nothing_to_see() -> None:
    study(starts=Starts(seed=3), evaluation=Starts(seed=3))


def test_an_evaluation_that_does_not_fit_is_named() -> None:
    with pytest.raises(InputError, match=r"evaluation\.points"):
        study(**SEARCHED | {"evaluation": [[1.0]]})
