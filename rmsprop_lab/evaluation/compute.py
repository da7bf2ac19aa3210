"""One batch of runs: its descents, their measures, and both as tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from rmsprop_lab.descent import Trace, segments
from rmsprop_lab.evaluation.measures import Progress, thinned
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run, stack
from rmsprop_lab.storage.schema import TRACES, trace_table

# Of descents that are longer than what is kept of them, so much is in memory at once.
_SEGMENT_BYTES = 64 * 2**20


def compute(runs: Sequence[Run], *, traced: bool = True) -> tuple[list[dict[str, Any]], pa.Table]:
    """The runs' rows of `runs.parquet` and their traces; all runs share problem and optimizer class.

    Without `traced` the second is empty: for those who want to know and not to keep.
    What an objective's or optimizer's code raises is recorded with the runs that it concerns, as outcome
    `failed` with its message; the others are computed.
    """
    if not runs:
        return [], TRACES.empty_table()
    try:
        return _computed(runs, traced)
    except Exception as error:  # whatever the user's code raises is a result to record
        if len(runs) == 1:
            return [_failed(runs[0], error)], TRACES.empty_table()
        middle = len(runs) // 2
        (first, some), (second, others) = (compute(part, traced=traced) for part in (runs[:middle], runs[middle:]))
        return [*first, *second], pa.concat_tables([some, others])


def _computed(runs: Sequence[Run], traced: bool) -> tuple[list[dict[str, Any]], pa.Table]:
    problem = runs[0].problem
    optimizer, starts = stack(runs)
    streams = np.tile(problem.starts.first_stream + np.arange(problem.points.shape[1]), len(runs))
    length = _segment(problem, starts.size + 2 * starts.shape[1])
    kept, seen = thinned(problem.n_iter + 1, problem.kept), Progress(problem.objective)
    pieces = []
    for piece in segments(
        problem.objective, optimizer, starts, problem.n_iter, length, streams=streams, engine=runs[0].engine
    ):
        seen.add(piece)
        if not traced:
            continue
        whole = len(piece.iterations) == len(kept)
        pieces.append(piece if whole else piece.at(np.flatnonzero(np.isin(piece.iterations, kept))))
    columns = seen.columns(len(runs))
    numbers = zip(*(column.tolist() for column in columns.values()), strict=True)
    rows = [_row(run, dict(zip(columns, measured, strict=True))) for run, measured in zip(runs, numbers, strict=True)]
    if not traced:
        return rows, TRACES.empty_table()
    return rows, trace_table([run.run_key for run in runs], Trace.joined(pieces))


def _segment(problem: Problem, width: int) -> int:
    """How many iterations, each of `width` numbers, are computed before what is not kept is let go."""
    if problem.kept == problem.n_iter + 1:
        return problem.n_iter
    return max(1, _SEGMENT_BYTES // (8 * width))


def _row(run: Run, measures: dict[str, Any]) -> dict[str, Any]:
    outcome = "diverged" if 2 * measures["diverged"] > run.problem.points.shape[1] else "ok"
    return {**_identity(run), "outcome": outcome, **measures}


def _failed(run: Run, error: Exception) -> dict[str, Any]:
    return {**_identity(run), "outcome": "failed", "message": f"{type(error).__name__}: {error}", "diverged": 0}


def _identity(run: Run) -> dict[str, Any]:
    problem = run.problem
    return {
        "run_key": run.run_key,
        "objective": problem.name,
        "dim": problem.objective.dim,
        "optimizer": run.optimizer_name,
        "hyperparameters": run.hyperparameters,
        "n_iter": problem.n_iter,
        "starts": problem.points.shape[1],
        "start_seed": problem.start_seed,
    }
