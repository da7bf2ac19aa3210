"""Every pixel of a map is the descent it stands for."""

from typing import Any

import numpy as np
import pytest

from rmsprop_lab import descend
from rmsprop_lab.base import Objective
from rmsprop_lab.evaluation import maps as landscapes
from rmsprop_lab.evaluation.best_point import best_point
from rmsprop_lab.evaluation.gaps import gap, gap_floor, log10_gap
from rmsprop_lab.evaluation.maps import HyperparameterMap, hyperparameter_map, map_key
from rmsprop_lab.objectives import Bowl, Himmelblau, MonkeySaddle, Rosenbrock
from rmsprop_lab.optimizers import RMSProp, RMSPropGraves
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.wrappers import Noisy

SPACE = {"step_size": Range(1e-3, 1.0, "log", 9), "rho": Range(0.5, 0.999, "log_complement", 3)}
FRESH = Starts("fresh", count=7)


def cell_on(objective: Objective, starts: Starts | None = None, space: Any = SPACE, n_iter: int = 40) -> Cell:
    problem = Problem("mine", objective, starts or Starts(count=3), n_iter)
    return Cell(problem, "rmsprop", RMSProp(0.1, 0.9), space, Search("grid"))


def map_of(cell: Cell, resolution: int = 12, fresh: Starts = FRESH) -> HyperparameterMap:
    return hyperparameter_map(cell, resolution, fresh_of(cell, fresh))


def fresh_of(cell: Cell, starts: Starts = FRESH) -> Problem:
    return Problem("mine", cell.problem.objective, starts, cell.problem.n_iter)


def ends_of(cell: Cell, rule: RMSProp, starts: np.ndarray, streams: Any = None) -> np.ndarray:
    objective, n_iter = cell.problem.objective, cell.problem.n_iter
    return descend(objective, rule, starts, n_iter, record="final", streams=streams).values[0]


@pytest.mark.parametrize("block", [1, 64, 2**19])
def test_a_pixel_of_a_map_is_the_median_of_its_descents(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landscapes, "BLOCK", block)
    cell = cell_on(Himmelblau())
    found = map_of(cell)
    assert found.scores.shape == (12, 12)
    for row, column in ((0, 0), (3, 7), (11, 11)):
        ends = ends_of(cell, RMSProp(found.x[column], found.y[row]), cell.problem.points)
        assert found.scores[row, column] == log10_gap(gap(np.median(ends), Himmelblau()))
    lowest = ends_of(cell, RMSProp(found.best["step_size"], found.best["rho"]), cell.problem.points)
    assert log10_gap(gap(np.median(lowest), Himmelblau())) == found.lowest == found.scores.min()


@pytest.mark.parametrize("block", [1, 64, 2**19])
def test_every_pixel_of_a_noisy_map_has_the_noise_of_the_starts(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landscapes, "BLOCK", block)
    cell = cell_on(Noisy(Himmelblau(), sigma=0.5))
    found = map_of(cell, 5)
    ends = ends_of(cell, RMSProp(found.x[2], found.y[3]), cell.problem.points, [0, 1, 2])
    assert found.scores[3, 2] == log10_gap(gap(np.median(ends), Himmelblau()))


@pytest.mark.parametrize("objective", [Rosenbrock(), MonkeySaddle(), Noisy(Rosenbrock(), sigma=0.5)], ids=str)
def test_the_best_point_is_confirmed_on_fresh_starts(objective: Objective) -> None:
    cell = cell_on(objective, Starts(count=1))
    found, fresh = map_of(cell), fresh_of(cell)
    rule = RMSProp(found.best["step_size"], found.best["rho"])
    ends = ends_of(cell, rule, FRESH.at(objective), fresh.streams)
    expected = ends if objective.minimum is None else log10_gap(gap(ends, objective))
    assert found.fresh.tolist() == expected.tolist()
    assert found.confirmed == np.sort(expected)[3]
    assert found.confirmed > found.lowest  # the best of 144 points from one start was luck


def test_the_best_of_a_map_from_one_start_is_luck() -> None:
    found = map_of(cell_on(Rosenbrock(), Starts(count=1), n_iter=200), 60, Starts("fresh", count=100))
    assert found.lowest < -2.0
    assert found.confirmed > -1.5


def test_the_key_changes_with_the_fresh_starts() -> None:
    cell = cell_on(Himmelblau())
    problems = [
        fresh_of(cell, starts) for starts in (FRESH, Starts("fresh", count=8), Starts("fresh", count=7, seed=1))
    ]
    assert len({map_key(cell, 12, problem) for problem in problems}) == 3
    assert map_key(cell, 12, problems[0]) == map_key(cell, 12, fresh_of(cell))


def test_a_map_is_what_its_arrays_say() -> None:
    for objective, names in (
        (Himmelblau(), ["x", "y", "log10_gap", "log10_gap_fresh"]),
        (MonkeySaddle(), ["x", "y", "value", "value_fresh"]),
    ):
        cell = cell_on(objective)
        found = map_of(cell)
        assert list(found.arrays) == names
        again = HyperparameterMap.of_arrays(cell, found.arrays)
        assert (again.best, again.lowest, again.confirmed) == (found.best, found.lowest, found.confirmed)


def test_where_no_minimum_is_known_the_scores_are_values() -> None:
    cell = cell_on(MonkeySaddle())
    found = map_of(cell)
    ends = ends_of(cell, RMSProp(found.x[4], found.y[6]), cell.problem.points)
    assert found.measure == "value"
    assert found.scores[6, 4] == np.median(ends)
    assert found.lowest < 0
    assert np.isnan(found.good)


def test_gaps_end_at_the_objectives_floor() -> None:
    found = map_of(cell_on(Bowl(), space={**SPACE, "step_size": Range(0.01, 0.1, "log")}, n_iter=300))
    assert found.lowest == found.floor == log10_gap(gap_floor(Bowl()))
    assert found.at is not None
    assert found.at.tied == (found.scores == found.floor).sum() > 1


def test_divergence_is_infinite_and_counted() -> None:
    big = {"step_size": Range(1.0, 1e200, "log", 9), "rho": SPACE["rho"]}
    found = map_of(cell_on(Himmelblau(), space=big), 9)
    assert 0 < found.lost < 1
    assert not np.isnan(found.scores).any()


def test_of_a_map_that_diverged_nothing_is_best() -> None:
    found = map_of(cell_on(Himmelblau(), space={**SPACE, "step_size": Range(1e199, 1e200, "log")}), 4)
    assert found.lost == 1
    assert found.at is None
    assert found.best == {"step_size": 0.1, "rho": 0.9, "epsilon": RMSProp(0.1, 0.9).epsilon}
    assert len(found.fresh) == 0
    assert np.isnan(found.confirmed)


def test_a_best_point_may_be_true_or_false() -> None:
    space = {"step_size": SPACE["step_size"], "centered": Range(values=(True, False))}
    problem = Problem("mine", Himmelblau(), Starts(count=1), 40)
    cell = Cell(problem, "graves", RMSPropGraves(0.1, 0.9), space, Search("grid"))
    assert map_of(cell, 5).best["centered"] in (True, False)
    assert isinstance(map_of(cell, 5).best["centered"], bool)


def test_of_many_that_are_best_the_one_with_the_best_around_it_is_marked() -> None:
    scores = np.full((40, 60), 1.0)
    scores[2, 3] = -16.0  # a speck
    scores[20:31, 30:45] = -16.0
    found = best_point(scores)
    assert (found.row, found.column, found.tied, found.side) == (25, 35, 11 * 15 + 1, 11)
    scores[2, 3] = -16.5
    found = best_point(scores)
    assert (found.row, found.column, found.tied, found.side) == (2, 3, 1, 1)
