"""Quantiles over the starts of a run, as order statistics: interpolation between infinities would give NaN."""

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array

QUARTILES = {"_q25": 0.25, "": 0.5, "_q75": 0.75}
"""The suffix of a measure's column, and the quantile over starts that the column holds."""


def over_starts(values: Array, runs: int, share: float) -> Array:
    """A quantile over the starts of each run, as an order statistic (`inverted_cdf`, never interpolated).

    Args:
        values: One value per descent, `(..., B)` with B = runs x starts, all starts of a run next to each other.
        runs: Number of runs.
        share: The quantile, from 0 to 1; 0.5 is the lower median.

    Returns:
        One value per run, `(..., runs)`.

    >>> over_starts(np.array([1.0, 2.0, np.inf, 5.0, 4.0, 6.0]), 2, 0.5).tolist()
    [2.0, 5.0]
    """
    folded = values.reshape(*values.shape[:-1], runs, -1)
    kth = max(0, int(np.ceil(share * folded.shape[-1])) - 1)
    return np.partition(folded, kth, axis=-1)[..., kth]


def quartiles(heights: Array, diverged: NDArray[np.bool_]) -> Array:
    """The quartiles over the starts of one run, at each iteration.

    Args:
        heights: Gaps, or values, `(T, S)`.
        diverged: The starts that diverged, `(S,)`; they, and NaN, count as infinite.

    Returns:
        The lower quartile, the median and the upper one, `(3, T)`.
    """
    worst = np.where(np.isnan(heights) | diverged, np.inf, heights)
    return np.array([over_starts(worst, 1, share)[:, 0] for share in QUARTILES.values()])


def median_start(values: Array) -> int:
    """Index of the start that ends at the (lower) median of the final values `(S,)` of one run; NaN counts as worst.

    >>> median_start(np.array([3.0, np.nan, 1.0]))
    0
    """
    worst = np.where(np.isnan(values), np.inf, values)
    return int(np.argsort(worst, kind="stable")[(len(worst) + 1) // 2 - 1])
