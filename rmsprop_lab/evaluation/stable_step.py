"""Finds the largest step size that does not diverge, for a search all of whose trials were lost."""

from contextlib import suppress

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.errors import InputError, raised
from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.run import Run

_PER_DECADE, _DECADES, _BETWEEN = 4, 12, 25


def widest_stable_step(cell: Cell, tried: float) -> float | None:
    """The largest step size below one that was lost, with which most starts end lower than they began.

    A descent that grows without end may still be finite after its last iteration: that is not stable.

    It tries a log grid over 12 decades, and then a finer one between the first stable step size and the one above it,
    with the other hyperparameters as configured. These descents are not recorded as runs of the study.

    Args:
        cell: A search whose trials were all lost.
        tried: The smallest step size among them, > 0.

    Returns:
        The step size, within 2.5 %; None if none is stable.
    """
    steps = tried * 10.0 ** (-np.arange(_DECADES * _PER_DECADE + 1) / _PER_DECADE)
    coarse = _first_stable(cell, steps)
    if coarse is None or coarse == tried:
        return coarse
    return _first_stable(cell, np.geomspace(coarse * 10.0 ** (1 / _PER_DECADE), coarse, _BETWEEN))


def _first_stable(cell: Cell, steps: Array) -> float | None:
    """The first of the step sizes with which most starts end lower than they began."""
    problem = cell.problem
    try:
        with np.errstate(all="ignore"):
            first = problem.objective.value(problem.points)
    except BaseException as error:  # from the user's code, which no step size changes
        raised(error)
        return None
    for part in compute(_runs(cell, steps), traced=False):
        if part.message is not None:
            continue
        ends = part.starts["final_value"].reshape(len(part.runs), -1)
        stable = np.flatnonzero(2 * (ends < first).sum(axis=1) > len(first))
        if len(stable):
            return float(part.runs[stable[0]].hyperparameters["step_size"])
    return None


def _runs(cell: Cell, steps: Array) -> list[Run]:
    """The runs with these step sizes, without those that the optimizer's class rejects."""
    runs = []
    for step in steps:
        with suppress(InputError):
            runs.append(cell.run({"step_size": float(step)}))
    return runs
