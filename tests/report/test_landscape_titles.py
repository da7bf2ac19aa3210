"""The title of a landscape says from how many starts, both numbers of the best point, and how many are as good."""

from typing import Any

import numpy as np
import pytest

from rmsprop_lab.base import Objective
from rmsprop_lab.evaluation.basins import Basins
from rmsprop_lab.evaluation.maps import HyperparameterMap
from rmsprop_lab.objectives import Bowl, MonkeySaddle, Rosenbrock
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.report.landscape_titles import basins_title, map_title

SPACE = {"step_size": Range(0.1, 0.4), "rho": Range(0.9, 0.99)}


def found(scores: Any, fresh: Any, count: int = 1, objective: Objective | None = None) -> HyperparameterMap:
    problem = Problem("mine", objective or Rosenbrock(), Starts(count=count), 200)
    cell = Cell(problem, "rmsprop", RMSProp(0.1, 0.9), SPACE, Search("grid"))
    grid = np.asarray(scores, float)
    x, y = np.linspace(0.1, 0.4, grid.shape[1]), np.linspace(0.9, 0.96, grid.shape[0])
    return HyperparameterMap(cell, x, y, grid, np.asarray(fresh, float))


def lines(*given: Any, **named: Any) -> list[str]:
    return map_title(found(*given, **named)).splitlines()


ONE_BEST = [[0, 0, 0], [0, -7.6, 0]]


def test_a_map_from_one_start_says_so_and_has_both_numbers() -> None:
    assert lines(ONE_BEST, [-3.0, 0.34, 2.0]) == [
        "mine: rmsprop after 200 iterations, from 1 start",
        "best step_size 0.25, rho 0.96:",
        "log₁₀ gap -7.6 from 1 start, 0.3 as the median of 3 fresh starts",
    ]


def test_a_map_of_medians_says_over_how_many_starts() -> None:
    first, _, numbers = lines(ONE_BEST, [0.34], count=16)
    assert first.endswith(", medians over 16 starts")
    assert numbers == "log₁₀ gap -7.6 as the median of 16 starts, 0.3 from 1 fresh start"


def test_where_many_are_at_the_floor_the_title_says_how_many_and_not_that_one_is_best() -> None:
    scores = np.zeros((10, 10))
    scores[2:5, 2:6] = -16.0
    _, star, numbers, ties = lines(scores, [-16.0, -3.0, -16.0])
    assert star.startswith("star at ")
    assert numbers == "log₁₀ gap ≤-16.0 from 1 start, ≤-16.0 as the median of 3 fresh starts"
    assert ties == "12% of the map is at the floor, the star in the middle of the largest such square"


def test_few_that_are_equal_are_counted() -> None:
    scores = np.zeros((20, 20))
    scores[0, 0] = -16.0
    assert lines(scores, [0.0])[1].startswith("best ")
    scores[5, 5] = scores[0, 0]
    scores = np.pad(scores, 10)
    assert lines(scores, [0.0])[3] == "2 points of the map are at the floor, the star at one of these points"
    assert lines(scores + 1.0, [0.0])[3].startswith("2 points of the map are equally low, ")


def test_divergence_is_told_where_there_is_any() -> None:
    assert lines([[0, np.inf], [-1, np.inf]], [np.inf])[2:] == [
        "log₁₀ gap -1.0 from 1 start, lost from 1 fresh start",
        "50% of the map diverged",
    ]
    assert lines([[0, np.inf], [0, np.inf]], [0])[3].endswith("; 50% of it diverged")
    assert lines([[np.inf, np.inf]] * 2, []) == [
        "mine: rmsprop after 200 iterations, from 1 start",
        "all of the map diverged",
    ]


def test_where_no_minimum_is_known_nothing_is_called_a_gap() -> None:
    title = lines([[0, -12.3], [0, 0]], [-1e30, -1e30], objective=MonkeySaddle())
    assert title[2] == "value -12.3 from 1 start, -1e+30 as the median of 2 fresh starts"
    equal = lines([[-5, -5], [-5, -5]], [-5], objective=MonkeySaddle())
    assert equal[3] == "100% of the map is equally low, the star in the middle of the largest such square"
    assert "gap" not in "".join([*title, *equal])
    assert "floor" not in "".join([*title, *equal])


@pytest.mark.parametrize(
    ("reached", "share"), [([[0, 0], [0, 0]], "100%"), ([[-1, -2], [-1, -1]], "0%"), ([[0, -1], [-1, -1]], "25%")]
)
def test_basins_say_how_many_of_how_many_starts_reach_a_minimizer(reached: Any, share: str) -> None:
    cell = Cell(Problem("bowl", Bowl(), Starts(count=1), 50), "rmsprop", RMSProp(0.1, 0.9), {}, Search())
    at, ends = np.zeros(2), np.asarray(reached, np.int16)
    title = basins_title(Basins(cell, at, at, ends, np.zeros((2, 2))))
    assert title.splitlines() == [
        "bowl: rmsprop, step_size 0.1, rho 0.9",
        f"{share} of 4 starts reach a minimizer in 50 iterations",
    ]
