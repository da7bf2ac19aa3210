"""Every pixel of basins is the descent it stands for."""

from dataclasses import dataclass

import numpy as np
import pytest

from rmsprop_lab import descend
from rmsprop_lab.base import Optimizer
from rmsprop_lab.evaluation import basins as module
from rmsprop_lab.evaluation.basins import basins
from rmsprop_lab.evaluation.gaps import gap, log10_gap
from rmsprop_lab.evaluation.minimizers import reached
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.starts import Starts


def cell(optimizer: Optimizer, n_iter: int = 300) -> Cell:
    return Cell(Problem("himmelblau", Himmelblau(), Starts(count=1), n_iter), "mine", optimizer, {}, Search())


def test_basins_name_the_minimizer_each_start_reaches() -> None:
    found = basins(cell(GD(0.01)), 21)
    minimizers = np.asarray(Himmelblau().minimizers).T
    assert set(np.unique(found.reached)) == {0, 1, 2, 3}
    for row, column in np.ndindex(21, 21):
        trace = descend(Himmelblau(), GD(0.01), [found.x[column], found.y[row]], 300, record="final")
        nearest = np.argmin([np.hypot(*(trace.points[0, :, 0] - minimizer)) for minimizer in minimizers])
        assert found.reached[row, column] == nearest
        assert found.scores[row, column] == log10_gap(gap(trace.values[0], Himmelblau()))[0]
    assert (basins(cell(GD(5.0)), 5).reached == -2).all()
    assert (basins(cell(GD(1e-9)), 5).reached == -1).all()


@pytest.mark.parametrize("block", [1, 2**19])
def test_what_has_reached_a_minimizer_is_what_runs_call_so(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    found = basins(cell(GD(0.01), 12), 21)
    starts = np.stack([np.tile(found.x, 21), np.repeat(found.y, 21)])
    ends = descend(Himmelblau(), GD(0.01), starts, 12, record="final").points[0]
    assert found.reached.ravel().tolist() == reached(ends, Himmelblau()).tolist()
    assert 0 < (found.reached >= 0).mean() < 1


@dataclass(frozen=True, eq=False)
class Unknown(Himmelblau):
    """Himmelblau's function, of whose minimum only the places are known."""

    @property
    def minimum(self) -> None:
        return None


def test_where_no_minimum_is_known_basins_have_values() -> None:
    problem = Problem("unknown", Unknown(), Starts(count=1), 30)
    found = basins(Cell(problem, "mine", GD(0.01), {}, Search()), 4)
    assert list(found.arrays) == ["x", "y", "reached", "value"]
    end = descend(Unknown(), GD(0.01), [found.x[1], found.y[2]], 30, record="final").values[0, 0]
    assert found.scores[2, 1] == end
    assert found.floor == -np.inf
