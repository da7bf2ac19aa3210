"""Chooses the scale of a colour bar: a linear one would show almost one colour where numbers run away."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from matplotlib.colors import Normalize, SymLogNorm

from rmsprop_lab.base import Array

Extend: TypeAlias = Literal["neither", "min", "max", "both"]

_EXTEND: dict[tuple[bool, bool], Extend] = {
    (False, False): "neither",
    (True, False): "min",
    (False, True): "max",
    (True, True): "both",
}
_SKEWED = 0.05  # if the middle half of the numbers spans less than this share of them all
_FAR = 0.02  # share of the numbers, at each end, that may lie beyond a logarithmic scale: they have its last colours
_SPAN = 1e-50  # the smallest power of ten on a scale, as a share of the largest number
_LEAST, _MOST = 1e-300, 1e150  # beyond them matplotlib's arithmetic may overflow
_APART = 0.1  # of the length of a colour bar, between two ticks


@dataclass(frozen=True, eq=False)
class ColourScale:
    """A mapping of numbers to colours.

    Args:
        norm: The mapping; None for a linear one over all numbers.
        name: What a colour bar says of it; empty for a linear scale.
        extend: The ends of the scale beyond which there are numbers.
        ticks: The numbers to name; None for matplotlib's choice.
    """

    norm: Normalize | None = None
    name: str = ""
    extend: Extend = "neither"
    ticks: list[float] | None = None


def colour_scale(values: Array) -> ColourScale:
    """A linear scale, or a symmetric logarithmic one if a few numbers are far away from all others.

    The symmetric one is linear between ± the power of ten below which about a quarter of the sizes are.

    >>> colour_scale(np.linspace(-3.0, 5.0, 9)).name
    ''
    >>> colour_scale(-3.0 * np.logspace(-1.0, 30.0, 32)).name
    'logarithmic beyond ±1e+07'
    """
    finite = values[np.isfinite(values)]
    if not len(finite):
        return ColourScale()
    low, high = float(finite.min()), float(finite.max())
    first, last = (float(end) for end in np.quantile(finite, [0.25, 0.75], method="nearest"))
    sizes = np.abs(finite[finite != 0])
    if last - first >= _SKEWED * (high - low) or not len(sizes):
        return ColourScale()
    least, most = (float(end) for end in np.quantile(finite, [_FAR, 1.0 - _FAR], method="nearest"))
    if least == most:
        least, most = low, high
    least, most = max(least, -_MOST), min(most, _MOST)
    smallest = max(_SPAN * max(-least, most), _LEAST)
    size = min(max(float(np.quantile(sizes, 0.25, method="nearest")), smallest), _MOST)
    linear = 10.0 ** math.floor(math.log10(size))
    norm = SymLogNorm(linear, vmin=least, vmax=most, base=10)
    extend = _EXTEND[low < least, most < high]
    return ColourScale(norm, f"logarithmic beyond ±{linear:.3g}", extend, _ticks(norm, linear))


def _ticks(norm: SymLogNorm, linear: float) -> list[float]:
    """Powers of ten of both signs and 0, the largest first, so far apart that their names fit."""
    low, high = float(norm.vmin or 0.0), float(norm.vmax or 0.0)
    first, last = (round(np.log10(size)) for size in (linear, max(abs(low), abs(high), linear)))
    sizes = [10.0**decade for decade in range(last, first - 1, -1)]
    chosen: list[float] = []
    for tick in (signed for size in [*sizes, 0.0] for signed in (-size, size)):
        apart = [abs(float(norm(tick)) - float(norm(other))) for other in chosen]
        if low <= tick <= high and min(apart, default=1.0) >= _APART:
            chosen.append(tick)
    return sorted(chosen)
