"""Finds the largest step size that does not diverge, for a search all of whose trials were lost."""

import numpy as np

from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.plan.cell import Cell

_PER_DECADE, _DECADES = 4, 12


def widest_stable_step(cell: Cell) -> float | None:
    """The largest step size, from the low end of the cell's space downwards, at which most starts do not diverge.

    It tries a log grid over 12 decades, with the other hyperparameters as configured. These descents are not recorded
    as runs of the study.

    Args:
        cell: A search whose trials were all lost.

    Returns:
        The step size; None if every one diverges, or the space has no range of `step_size`.
    """
    if "step_size" not in cell.space:
        return None
    span = cell.space["step_size"]
    highest = min(span.values) if span.values is not None else span.low
    if highest <= 0:
        return None
    steps = highest * 10.0 ** (-np.arange(_DECADES * _PER_DECADE + 1) / _PER_DECADE)
    computed = compute([cell.run({"step_size": float(step)}) for step in steps], traced=False)
    outcomes = [outcome for part in computed for outcome in part.outcomes]
    return next((float(step) for step, outcome in zip(steps, outcomes, strict=True) if outcome == "ok"), None)
