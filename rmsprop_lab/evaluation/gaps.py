"""Gaps: how far values lie above an objective's known minimum, and the smallest gap that can be told from 0."""

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_lab.base import Array, Objective

_LEAST_FLOOR = 1e-16
_ULPS = 4


def gap_floor(objective: Objective) -> float:
    """The smallest gap that rounding lets us tell from 0: max(1e-16, 4 ulp(max(|f*|, largest term))).

    Two values nearer than a few units in the last place of what is added up to f are the same to the arithmetic.

    Returns:
        The floor of the objective's gaps; NaN if its minimum is unknown.

    >>> from rmsprop_lab.objectives import Bowl, StyblinskiTang
    >>> gap_floor(Bowl()), f"{gap_floor(StyblinskiTang(dim=10)):.1e}"
    (1e-16, '2.3e-13')
    """
    if objective.minimum is None:
        return float("nan")
    return max(_LEAST_FLOOR, _ULPS * float(np.spacing(max(abs(objective.minimum), objective.largest_term))))


def gap(values: Array, objective: Objective) -> Array:
    """max(value - minimum, `gap_floor`), in the shape of `values`; NaN for a value of NaN and an unknown minimum."""
    if objective.minimum is None:
        return np.full_like(values, np.nan)
    with np.errstate(all="ignore"):  # a diverging descent overflows
        return np.maximum(gap_floor(objective), values - objective.minimum)


def log10_gap(gaps: ArrayLike) -> Array:
    """log10 of gaps, in their shape.

    >>> log10_gap([1e-3, 1e-16]).tolist()
    [-3.0, -16.0]
    """
    with np.errstate(divide="ignore"):
        exponents: Array = np.log10(gaps)
    return exponents
