"""Measures of a whole trace at once."""

from rmsprop_lab import Trace
from rmsprop_lab.base import Array, Objective
from rmsprop_lab.evaluation.measures import Progress


def measure(trace: Trace, objective: Objective, runs: int) -> dict[str, Array]:
    """One value per run for each measure; the trace holds runs x starts descents."""
    seen = Progress(objective, int(trace.iterations[-1]))
    seen.add(trace)
    return seen.columns(runs)
