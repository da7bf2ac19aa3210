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
