"""Computes a batch of runs: the descents, and the measures of each run."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.descent import Trace, segments
from rmsprop_lab.errors import raised
from rmsprop_lab.evaluation.curves import thinned
from rmsprop_lab.evaluation.measures import Progress
from rmsprop_lab.evaluation.scored import scores_of
from rmsprop_lab.evaluation.span import Span, fair_shares
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run, stack

# Long descents are computed in segments of about this size; most of their iterations are not kept.
_SEGMENT_BYTES = 64 * 2**20


@dataclass(frozen=True, eq=False)
class Computed:
    """The results of runs that were computed together, or of one run that failed.

    Args:
        runs: Runs of one problem and one optimizer class.
        columns: Measures by name, one value per run, `(runs,)`; empty for a failed run.
        starts: Measures by name, one value per run and start, `(runs x starts,)`; empty for a failed run.
        trace: The kept iterations of B = runs x starts descents, all starts of a run next to each other; None if no
            trace was wanted, and for a failed run.
        message: The error that a failed run raised; None if the runs succeeded.
        began: When they were begun, in seconds since 1970.
        seconds: How long all of them took.
    """

    runs: Sequence[Run]
    columns: dict[str, Array]
    starts: dict[str, Array] = field(default_factory=dict)
    trace: Trace | None = None
    message: str | None = None
    began: float = 0.0
    seconds: float = 0.0

    @property
    def run_keys(self) -> list[str]:
        return [run.run_key for run in self.runs]

    @property
    def spans(self) -> list[Span]:
        """When each run was computed: fair shares of the time of all."""
        return fair_shares(self.began, self.seconds, len(self.runs))

    def scores(self, score: str) -> list[float]:
        """The score of each run, by the name that `search.score` has; +inf for a run that failed."""
        if self.message is not None:
            return [math.inf] * len(self.runs)
        scores: list[float] = scores_of({"outcome": self.outcomes, **self.columns}, score).tolist()
        return scores

    @property
    def outcomes(self) -> list[str]:
        """The outcome of each run: `ok`, `diverged` (more than half of its starts did) or `failed` (an error)."""
        if self.message is not None:
            return ["failed"] * len(self.runs)
        starts = self.runs[0].problem.points.shape[1]
        outcomes: list[str] = np.where(2 * self.columns["diverged"] > starts, "diverged", "ok").tolist()
        return outcomes


def compute(runs: Sequence[Run], *, traced: bool = True) -> list[Computed]:
    """Computes runs as one batch.

    An error in an objective's or optimizer's code is recorded with the runs that raise it; the others are computed.

    Args:
        runs: Runs that share a problem and an optimizer class.
        traced: Whether to keep traces; measures are always kept.

    Returns:
        One result for all runs, or several if some failed: then each failed run has one of its own.

    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> from rmsprop_lab.plan.starts import Starts
    >>> problem = Problem("bowl", Bowl(), Starts(count=3), n_iter=5)
    >>> (computed,) = compute([Run(problem, "gd", GD(step_size=size)) for size in (0.1, 1e200)])
    >>> computed.outcomes
    ['ok', 'diverged']
    """
    if not runs:
        return []
    began, clock = time.time(), time.perf_counter()
    try:
        return [replace(_computed(runs, traced), began=began, seconds=time.perf_counter() - clock)]
    except BaseException as error:  # in the user's code, which is a result to record
        message = raised(error)
        if len(runs) == 1:
            return [Computed(runs, {}, message=message, began=began, seconds=time.perf_counter() - clock)]
        middle = len(runs) // 2
        return compute(runs[:middle], traced=traced) + compute(runs[middle:], traced=traced)


def _computed(runs: Sequence[Run], traced: bool) -> Computed:
    problem = runs[0].problem
    optimizer, starts = stack(runs)
    streams = np.tile(problem.streams, len(runs))
    length = _segment(problem, starts.size + 2 * starts.shape[1])
    kept, seen = thinned(problem.n_iter + 1, problem.kept), Progress(problem.objective, problem.n_iter)
    pieces = []
    for piece in segments(
        problem.objective, optimizer, starts, problem.n_iter, length, streams=streams, engine=runs[0].engine
    ):
        seen.add(piece)
        if traced:
            whole = len(piece.iterations) == len(kept)
            pieces.append(piece if whole else piece.at(np.flatnonzero(np.isin(piece.iterations, kept))))
    return Computed(runs, seen.columns(len(runs)), seen.starts, Trace.joined(pieces) if traced else None)


def _segment(problem: Problem, width: int) -> int:
    """Number of iterations, each of `width` numbers, that are computed before the ones not kept are dropped."""
    if problem.kept == problem.n_iter + 1:
        return problem.n_iter
    return max(1, _SEGMENT_BYTES // (8 * width))
