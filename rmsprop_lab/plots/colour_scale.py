"""Chooses the scale of a colour bar: a linear one would show almost one colour where numbers run away."""

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import Normalize, SymLogNorm

from rmsprop_lab.base import Array

_SKEWED = 0.02  # if the middle half of the numbers spans less than this share of them all


@dataclass(frozen=True, eq=False)
class ColourScale:
    """The mapping of numbers to colours, and the scale's name for the colour bar; empty for a linear one."""

    norm: Normalize
    name: str


def colour_scale(values: Array) -> ColourScale:
    """A linear scale, or a symmetric logarithmic one if a few numbers are far away from all others.

    The symmetric one is linear within ± the size that a quarter of the numbers stay below.

    >>> colour_scale(np.linspace(-3.0, 5.0, 9)).name
    ''
    >>> colour_scale(-np.logspace(-1.0, 30.0, 32)).name
    'logarithmic beyond ±1e+07'
    """
    finite = values[np.isfinite(values)]
    if not len(finite):
        return ColourScale(Normalize(0.0, 1.0), "")
    low, high = float(finite.min()), float(finite.max())
    quarter, three_quarters = np.quantile(finite, [0.25, 0.75])
    sizes = np.abs(finite[finite != 0])
    if three_quarters - quarter >= _SKEWED * (high - low) or not len(sizes):
        return ColourScale(Normalize(low, high), "")
    linear = 10.0 ** np.ceil(np.log10(np.quantile(sizes, 0.25)))
    return ColourScale(SymLogNorm(float(linear), vmin=low, vmax=high, base=10), f"logarithmic beyond ±{linear:.3g}")
