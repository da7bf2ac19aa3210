"""One batch of runs: its descents, their measures, and both as tables."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from rmsprop_lab.descent import descend
from rmsprop_lab.measures import measure
from rmsprop_lab.plan import Run, stack
from rmsprop_lab.tables import TRACES, trace_table


def compute(runs: Sequence[Run]) -> tuple[list[dict[str, Any]], pa.Table]:
    """The runs' rows of `runs.parquet` and their traces; all runs share problem and optimizer class."""
    if not runs:
        return [], TRACES.empty_table()
    problem = runs[0].problem
    trace = descend(problem.objective, *stack(runs), problem.n_iter)
    columns = measure(trace, problem.objective, len(runs))
    rows = [
        _row(run, {name: column[index].item() for name, column in columns.items()}) for index, run in enumerate(runs)
    ]
    return rows, trace_table([run.run_key for run in runs], trace)


def _row(run: Run, measures: dict[str, Any]) -> dict[str, Any]:
    problem = run.problem
    starts = problem.points.shape[1]
    return {
        "run_key": run.run_key,
        "objective": problem.name,
        "dim": problem.objective.dim,
        "optimizer": run.optimizer_name,
        "hyperparameters": run.hyperparameters,
        "n_iter": problem.n_iter,
        "starts": starts,
        "start_seed": problem.start_seed,
        "outcome": "diverged" if 2 * measures["diverged"] > starts else "ok",
        **measures,
    }
