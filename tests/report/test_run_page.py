"""What a run's page is made of."""

import numpy as np
import pytest
from support.studies import study

from rmsprop_lab import Starts
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.report import run_page
from rmsprop_lab.report.run_page import RunContents


def problem(objective: Bowl | Himmelblau, *start: float, name: str = "f") -> Problem:
    return Problem(name, objective, Starts("fixed", points=[list(start)]), 5)


def test_problems_that_show_the_same_range_share_a_background() -> None:
    contents, bowl = RunContents(study(), []), Bowl()
    first = contents.painter(problem(bowl, 0.5, 0.5))
    assert contents.painter(problem(bowl, -0.5, 0.1)) is first
    outside = contents.painter(problem(bowl, 3.0, 0.1))
    assert outside is not first
    assert not np.array_equal(outside.backdrop.window, first.backdrop.window)


def test_another_objective_of_the_same_name_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_page, "_MOST_PAINTERS", 2)
    contents, bowl = RunContents(study(), []), Bowl()
    first = contents.painter(problem(bowl, 0.5, 0.5))
    other = contents.painter(problem(Bowl(), 0.5, 0.5))
    assert other is not first
    for name in ("g", "h", "i"):
        contents.painter(problem(bowl, 0.5, 0.5, name=name))
    assert len(contents._painters) == 2
