"""Every pixel of a map is the descent it stands for."""

import numpy as np
import pytest

from rmsprop_lab import descend
from rmsprop_lab.base import Optimizer
from rmsprop_lab.evaluation import maps as landscapes
from rmsprop_lab.evaluation.gaps import log10_gap
from rmsprop_lab.evaluation.maps import basins, hyperparameter_map
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts

SPACE = {"step_size": Range(1e-3, 1.0, "log", 9), "rho": Range(0.5, 0.999, "log_complement", 3)}
PROBLEM = Problem("himmelblau", Himmelblau(), Starts(count=3), 40)


@pytest.mark.parametrize("block", [1, 64, 2**19])
def test_a_pixel_of_a_map_is_the_median_of_its_descents(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landscapes, "_BLOCK", block)
    found = hyperparameter_map(Cell(PROBLEM, "rmsprop", RMSProp(0.1, 0.9), SPACE, Search("grid")), 12)
    assert found.log10_gap.shape == (12, 12)
    for row, column in ((0, 0), (3, 7), (11, 11)):
        rule = RMSProp(found.x[column], found.y[row])
        ends = descend(Himmelblau(), rule, PROBLEM.points, 40, record="final")
        assert found.log10_gap[row, column] == log10_gap(np.median(ends.values[0]))
    best = RMSProp(found.best["step_size"], found.best["rho"])
    lowest = descend(Himmelblau(), best, PROBLEM.points, 40, record="final").values[0]
    assert log10_gap(np.median(lowest)) == found.log10_gap.min()


def test_divergence_is_infinite_and_counted() -> None:
    big = {"step_size": Range(1.0, 1e200, "log", 9), "rho": SPACE["rho"]}
    found = hyperparameter_map(Cell(PROBLEM, "rmsprop", RMSProp(0.1, 0.9), big, Search("grid")), 9)
    assert 0 < found.lost < 1
    assert not np.isnan(found.log10_gap).any()


def cell(problem: Problem, optimizer: Optimizer) -> Cell:
    return Cell(problem, "mine", optimizer, {}, Search())


def test_basins_name_the_minimizer_each_start_reaches() -> None:
    problem = Problem("himmelblau", Himmelblau(), Starts(count=1), 300)
    found = basins(cell(problem, GD(0.01)), 21)
    minimizers = np.asarray(Himmelblau().minimizers).T
    assert set(np.unique(found.reached)) == {0, 1, 2, 3}
    for row, column in np.ndindex(21, 21):
        end = descend(Himmelblau(), GD(0.01), [found.x[column], found.y[row]], 300, record="final").points[0, :, 0]
        nearest = np.argmin([np.hypot(*(end - minimizer)) for minimizer in minimizers])
        assert found.reached[row, column] == nearest
    assert (basins(cell(problem, GD(5.0)), 5).reached == -2).all()
    assert (basins(cell(problem, GD(1e-9)), 5).reached == -1).all()


def test_of_many_that_are_best_the_one_with_the_best_around_it_is_marked() -> None:
    scores = np.full((40, 60), 1.0)
    scores[2, 3] = -16.0  # a speck
    scores[20:31, 30:45] = -16.0
    assert landscapes.deepest(scores) == (25, 35)
    scores[2, 3] = -16.5
    assert landscapes.deepest(scores) == (2, 3)
    assert landscapes.deepest(np.full((4, 4), np.inf)) == (1, 1)
