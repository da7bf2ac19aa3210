"""The median curves of a run over its iterations, and the choice of iterations to keep."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.gaps import gap, log10_gap
from rmsprop_lab.evaluation.quantiles import over_starts


def curves(trace: Trace, objective: Objective) -> dict[str, Array]:
    """The median curves of one run over its starts.

    Args:
        trace: All starts of one run, T iterations.
        objective: Its objective.

    Returns:
        `value` and `gradient_norm`, and `log10_gap` if the minimum is known: one value per kept iteration, `(T,)`, NaN
        where it is not finite.
    """
    per_start = {
        "value": trace.values,
        "log10_gap": log10_gap(gap(trace.values, objective)),
        "gradient_norm": trace.gradient_norms,
    }
    medians = {name: _median_curve(values) for name, values in per_start.items()}
    return {name: curve for name, curve in medians.items() if np.isfinite(curve).any()}


def _median_curve(values: Array) -> Array:
    median = over_starts(np.where(np.isnan(values), np.inf, values), 1, 0.5)[..., 0]
    return np.where(np.isfinite(median), median, np.nan)


@lru_cache(maxsize=64)  # asked for each run, of few lengths
def thinned(length: int, most: int = 101) -> NDArray[np.int64]:
    """Chooses log-spaced iterations, the first and the last among them.

    Args:
        length: Number of iterations to choose from, `0` to `length - 1`.
        most: Largest number to choose.

    Returns:
        The chosen iterations, ascending; fewer than `most` where rounding makes some coincide. Not to be changed.

    >>> thinned(1000, most=7).tolist()
    [0, 2, 9, 31, 99, 315, 999]
    """
    if length <= most:
        chosen = np.arange(length)
    else:
        spaced = np.geomspace(1, length, most) - 1
        chosen = np.unique(np.concatenate([[0], spaced.round().astype(np.int64), [length - 1]]))
    chosen.flags.writeable = False
    return chosen


def spread(length: int, most: int) -> NDArray[np.int64]:
    """Chooses at most about `most` iterations of `length`, half of them log-spaced and half evenly, for a picture.

    >>> spread(4, 10).tolist(), len(spread(10_000, 100))
    ([0, 1, 2, 3], 92)
    """
    if length <= most:
        return np.arange(length)
    even = np.linspace(0, length - 1, most // 2).round().astype(np.int64)
    return np.union1d(thinned(length, most // 2), even)
