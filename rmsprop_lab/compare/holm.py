"""Holm's correction: p-values of several tests, so that one of them is wrong in few families only."""

import numpy as np

from rmsprop_lab.base import Array


def holm(p_values: Array) -> Array:
    """Adjusts the p-values of each family of tests, so that the chance of any wrong rejection stays below the level.

    With the p-values of m tests in ascending order, p̃₍ᵢ₎ = max over j ≤ i of min(1, (m - j + 1) p₍ⱼ₎) (Holm 1979, *A
    simple sequentially rejective multiple test procedure*, Scand. J. Statist. 6).

    Args:
        p_values: The tests of a family along the last axis, `(..., m)`; NaN for a test that could not be made, which
            does not count.

    Returns:
        The adjusted p-values, `(..., m)`.

    >>> holm(np.array([0.01, 0.04, 0.03, np.nan])).round(3).tolist()
    [0.03, 0.06, 0.06, nan]
    """
    order = np.argsort(p_values, axis=-1)  # NaN comes last
    tests = np.count_nonzero(~np.isnan(p_values), axis=-1)[..., None]
    factors = tests - np.arange(p_values.shape[-1])
    ascending = np.minimum(1.0, factors * np.take_along_axis(p_values, order, axis=-1))
    adjusted = np.empty_like(p_values)
    np.put_along_axis(adjusted, order, np.maximum.accumulate(ascending, axis=-1), axis=-1)
    return adjusted
