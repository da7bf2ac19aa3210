"""Runs that are computed together."""

import numpy as np
import pytest
from support.planning import run_with

from rmsprop_lab import descend
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan import run as run_module
from rmsprop_lab.plan.run import batches, stack


def test_stacked_runs_are_the_runs() -> None:
    runs = [run_with(optimizer=RMSProp(step, rho)) for step in (0.01, 0.1) for rho in (0.9, 0.99)]
    together = descend(Bowl(), *stack(runs), 10)
    for index, run in enumerate(runs):
        alone = descend(Bowl(), run.optimizer, run.problem.points, 10)
        assert np.array_equal(together.points[..., 3 * index : 3 * index + 3], alone.points)


def test_batches_bound_the_memory_of_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run_with(optimizer=GD(step)) for step in np.linspace(0.1, 0.2, 10)]
    bytes_per_run = 8 * 11 * 3 * 4
    monkeypatch.setattr(run_module, "_BATCH_BYTES", 4 * bytes_per_run)
    assert [len(batch) for batch in batches(runs)] == [4, 4, 2]
    assert list(batches([])) == []
