"""The widest step size that does not diverge, looked for where a whole search was lost."""

import numpy as np

from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.plan.cell import Cell

_PER_DECADE, _DECADES = 4, 12


def widest_stable_step(cell: Cell) -> float | None:
    """The largest step size below the cell's space, on a log grid over 12 decades, at which most starts stay finite.

    The other hyperparameters are as configured. These descents are a probe, not runs of the study. None if there is
    no such step size, or the space has none.
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
