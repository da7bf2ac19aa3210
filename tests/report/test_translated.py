"""What is said of objectives and optimizers that have a program, and of those that have none."""

from typing import Any

import pytest
from support.catalogue import OBJECTIVES, OPTIMIZERS, configured
from support.rules import LIMITS

from rmsprop_lab.objectives import Bowl
from rmsprop_lab.report.translated import translation


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_is_translated(name: str) -> None:
    objective = OBJECTIVES[name]()
    found = translation(objective)
    assert found.program is not None, found.reason
    assert objective.exact <= (not found.inexact)
    assert str(found).startswith("live in the report; " if found.inexact else "live in the report, bit for bit; ")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_is_exact(name: str) -> None:
    assert str(translation(configured(name))).startswith("live in the report, bit for bit; ")


@pytest.mark.parametrize("name", LIMITS)
def test_what_cannot_be_translated_says_why(name: str) -> None:
    found = translation(LIMITS[name])
    assert found.program is None
    assert str(found).startswith(f"recorded runs only in the report: {name.capitalize()}: ")
    assert "\n" not in str(found)


class Exiting(Bowl):
    """Ends the process where it is asked for a gradient."""

    def gradient(self, point: Any) -> Any:
        raise SystemExit("no")


class Failing(Bowl):
    """Fails on arrays, not on symbols."""

    def value(self, point: Any) -> Any:
        return point[0] * point[0] if point.dtype == object else {}["x"]


@pytest.mark.parametrize("objective", [Exiting(), Failing()])
def test_what_code_raises_is_the_reason(objective: Bowl) -> None:
    assert translation(objective).program is None
    assert translation(objective).reason.startswith(type(objective).__name__)
