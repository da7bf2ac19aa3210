"""Measures the effective step size of a run: why AdaGrad stalls and RMSProp does not."""

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array
from rmsprop_lab.descent import segments
from rmsprop_lab.evaluation.curves import spread
from rmsprop_lab.plan.run import Run

MOST_ITERATIONS, MOST_COORDINATES, MOST_SHOWN = 10_000, 4, 301


def effective_steps(run: Run, start: int) -> tuple[NDArray[np.int64], Array]:
    """The effective step size of each coordinate, |Δx_i| / |g_i|, along the path from one start.

    The run is descended again, as its trace is thinned and has no gradients. A noisy gradient is taken without its
    noise. Plain gradient descent has its `step_size` everywhere.

    Args:
        run: The run.
        start: The number of the start.

    Returns:
        The iterations, `(T,)`, about 300 of at most the first 10,000; and the effective step sizes of the first four
        coordinates, `(T, d)`, NaN where the gradient is 0 or not finite.
    """
    problem, one = run.problem, slice(start, start + 1)
    count = min(problem.n_iter, MOST_ITERATIONS)
    starts, streams = problem.points[:, one], problem.streams[one]
    trace = next(segments(problem.objective, run.optimizer, starts, count, count, streams=streams, engine=run.engine))
    points = trace.points[:, :, 0]
    iterations = spread(len(points) - 1, MOST_SHOWN)
    before, after = points[iterations].T, points[iterations + 1].T
    with np.errstate(all="ignore"):
        gradient = np.abs(np.asarray(problem.objective.gradient(before), dtype=np.float64))
        found = np.abs(after - before) / gradient
    known = np.isfinite(found) & (gradient > 0)
    return iterations, np.where(known, found, np.nan).T[:, :MOST_COORDINATES]
