"""Where many descents end, of which only the last point is kept, and the number that each is judged by."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.descent import Engine, descend
from rmsprop_lab.evaluation.gaps import gap, gap_floor, log10_gap
from rmsprop_lab.plan.problem import Problem

Measure: TypeAlias = Literal["log10_gap", "value"]

BLOCK = 2**19
"""Descents computed at once; they take less than 100 MB."""


@dataclass(frozen=True, eq=False)
class Endings:
    """The last points `(d, B)` of B descents, the values there, +inf where lost, and which diverged, `(B,)`."""

    points: Array
    values: Array
    diverged: NDArray[np.bool_]


def endings(
    problem: Problem, optimizer: Optimizer, starts: Array, streams: NDArray[np.int64], engine: Engine
) -> Endings:
    """Computes descents on a problem's objective, as many iterations as the problem has.

    Args:
        problem: Objective and number of iterations; its own starts are not used.
        optimizer: The rule; a hyperparameter may be one number per descent, `(B,)`.
        starts: `(d, B)`.
        streams: The noise stream of each descent, `(B,)`.
        engine: `auto`, `numpy` or `numba`.
    """
    trace = descend(
        problem.objective, optimizer, starts, problem.n_iter, record="final", streams=streams, engine=engine
    )
    values, lost = trace.values[0], trace.diverged | np.isnan(trace.values[0])
    return Endings(trace.points[0], np.where(lost, np.inf, values), lost)


def measure_of(objective: Objective) -> Measure:
    """What ends on an objective are judged by: log10 of the gap, or the value where no minimum is known."""
    return "value" if objective.minimum is None else "log10_gap"


def measured(values: Array, objective: Objective) -> Array:
    """The measure of final values, in their shape; +inf stays +inf."""
    return values if objective.minimum is None else log10_gap(gap(values, objective))


def measure_floor(objective: Objective) -> float:
    """The lowest number that the measure can have: log10 of the floor of gaps; -inf for values."""
    return -np.inf if objective.minimum is None else float(log10_gap(gap_floor(objective)))
