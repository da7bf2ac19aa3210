"""Computes runs as one batch: their descents, and the measures of each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.descent import Trace, segments
from rmsprop_lab.evaluation.measures import Progress, scores_of, thinned
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run, stack

# Of descents that are longer than what is kept of them, so much is in memory at once.
_SEGMENT_BYTES = 64 * 2**20


@dataclass(frozen=True, eq=False)
class Computed:
    """Runs of one problem and one optimizer class that were computed together, or one that failed.

    `columns`: by the name of a measure, its value for each run, `(runs,)`; none of a run that failed. `trace`: the
    iterations that are kept of B = runs x starts descents, a run's starts next to each other; None where none were
    asked for, and of a run that failed. `message`: what the code of a failed run raised.
    """

    runs: Sequence[Run]
    columns: dict[str, Array]
    trace: Trace | None = None
    message: str | None = None

    @property
    def run_keys(self) -> list[str]:
        return [run.run_key for run in self.runs]

    def scores(self, score: str) -> list[float]:
        """For each run, what a search minimises; +inf where it failed."""
        if self.message is not None:
            return [math.inf] * len(self.runs)
        scores: list[float] = scores_of({"outcome": self.outcomes, **self.columns}, score).tolist()
        return scores

    @property
    def outcomes(self) -> list[str]:
        """For each run: `ok`, `diverged` (more than half of its starts) or `failed`."""
        if self.message is not None:
            return ["failed"] * len(self.runs)
        starts = self.runs[0].problem.points.shape[1]
        outcomes: list[str] = np.where(2 * self.columns["diverged"] > starts, "diverged", "ok").tolist()
        return outcomes


def compute(runs: Sequence[Run], *, traced: bool = True) -> list[Computed]:
    """Computes runs that share a problem and an optimizer class; without `traced` only measures are kept.

    What an objective's or optimizer's code raises is recorded with the runs that it concerns; the others are computed.
    """
    if not runs:
        return []
    try:
        return [_computed(runs, traced)]
    except Exception as error:  # whatever the user's code raises is a result to record
        if len(runs) == 1:
            return [Computed(runs, {}, message=f"{type(error).__name__}: {error}")]
        middle = len(runs) // 2
        return compute(runs[:middle], traced=traced) + compute(runs[middle:], traced=traced)


def _computed(runs: Sequence[Run], traced: bool) -> Computed:
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
        if traced:
            whole = len(piece.iterations) == len(kept)
            pieces.append(piece if whole else piece.at(np.flatnonzero(np.isin(piece.iterations, kept))))
    return Computed(runs, seen.columns(len(runs)), Trace.joined(pieces) if traced else None)


def _segment(problem: Problem, width: int) -> int:
    """How many iterations, each of `width` numbers, are computed before what is not kept is let go."""
    if problem.kept == problem.n_iter + 1:
        return problem.n_iter
    return max(1, _SEGMENT_BYTES // (8 * width))
