"""Counts the iterations until a run comes below a target."""

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.descent import segments
from rmsprop_lab.errors import raised
from rmsprop_lab.evaluation.gaps import gap
from rmsprop_lab.evaluation.quantiles import over_starts
from rmsprop_lab.plan.run import Run, stack

_SEGMENT = 4096


def start_steps_until(run: Run, target: float) -> Array:
    """The first iteration at which each start of a run is below a target.

    The run is descended again, as the trace of a long one is thinned. A start that diverges never reaches the target.

    Args:
        run: The run.
        target: Bound on the gap, or on the value if no minimum is known.

    Returns:
        The numbers of iterations, `(S,)`; +inf for a start that never comes below the target, and for all if the user's
        code raises an error this time.

    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> from rmsprop_lab.plan.problem import Problem
    >>> from rmsprop_lab.plan.starts import Starts
    >>> problem = Problem("bowl", Bowl(), Starts(points=[[1.0, -1.0], [0.01, 0.0]]), 20)
    >>> start_steps_until(Run(problem, "gd", GD(step_size=0.25)), 1e-3).tolist()
    [6.0, 0.0]
    """
    try:
        return _start_steps(run, target)
    except BaseException as error:
        raised(error)
        return np.full(run.problem.points.shape[1], np.inf)


def steps_until(run: Run, target: float) -> float:
    """The first iteration at which a run is below a target: the median over its starts, see `start_steps_until`."""
    return float(over_starts(start_steps_until(run, target), 1, 0.5)[0])


def _start_steps(run: Run, target: float) -> Array:
    problem = run.problem
    optimizer, starts = stack([run])
    steps = np.full(starts.shape[1], np.inf)
    diverged = np.zeros(starts.shape[1], dtype=bool)
    pieces = segments(
        problem.objective, optimizer, starts, problem.n_iter, _SEGMENT, streams=problem.streams, engine=run.engine
    )
    for piece in pieces:
        values = piece.values if problem.objective.minimum is None else gap(piece.values, problem.objective)
        below = values < target
        new = np.isinf(steps) & below.any(axis=0)
        steps[new] = piece.iterations[below.argmax(axis=0)[new]]
        diverged = piece.diverged
    return np.where(diverged, np.inf, steps)
