"""What a start spends until it reaches a target, in evaluations."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rmsprop_lab.base import Array
from rmsprop_lab.plan.scores import TARGETS


def runtimes(starts: pd.DataFrame, targets: Sequence[str] = TARGETS) -> Array:
    """The evaluations of the gradient that each start spends until each target.

    Args:
        starts: The table of `start_rows`.
        targets: Some of `rmsprop_lab.plan.scores.TARGETS`, or `target`, if there is a column `steps_to_target`.

    Returns:
        One row per start, `(rows, targets)`: +inf for never and for a start that diverged, NaN where no minimum is
        known. With gradients by central differences, evaluations of the function.

    >>> starts = pd.DataFrame({"outcome": ["ok", "ok", "diverged"], "steps_to_1e-3": [4.0, np.inf, 2.0]})
    >>> runtimes(starts.assign(n_iter=10, evaluations=40), ["1e-3"]).ravel().tolist()
    [16.0, inf, inf]
    """
    steps = starts[[f"steps_to_{target}" for target in targets]].to_numpy(dtype=np.float64)
    lost = (starts["outcome"] != "ok").to_numpy()[:, None]
    each = (starts["evaluations"] / starts["n_iter"]).to_numpy(dtype=np.float64)[:, None]  # a whole number
    spent = np.where(np.isfinite(steps), steps, 0.0) * each
    return np.where(np.isnan(steps), np.nan, np.where(lost | np.isinf(steps), np.inf, spent))
