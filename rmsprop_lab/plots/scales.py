"""Draws numbers on the scales of `plan.scale`: at their positions, with ticks that name the numbers."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from rmsprop_lab.base import Array
from rmsprop_lab.plan.scale import Scale, from_scale, to_scale

HUGE = 1e250
"""Larger values are not drawn: matplotlib's ticks of an axis up to them may overflow."""
_DENSE = 12  # grid points
_FAR = 1e4  # how many times the usual size a value must be to ask for a logarithmic axis
_LINE = 0.02  # the share of an axis that looks like one line


def positions(values: ArrayLike, scale: Scale) -> Array:
    """The positions of numbers on a scale, see `plan.scale.to_scale`; NaN for NaN."""
    return np.array([to_scale(value, scale) for value in np.asarray(values, dtype=np.float64)])


def set_ticks(axis: Axis, numbers: ArrayLike, scale: Scale, form: str = ".3g") -> None:
    """Sets the ticks of an axis on which `positions` are drawn.

    Args:
        axis: The axis.
        numbers: The numbers that get a tick.
        scale: The scale of the positions.
        form: Format of the numbers.
    """
    numbers = np.asarray(numbers, dtype=np.float64)
    axis.set_ticks(positions(numbers, scale).tolist(), [f"{number:{form}}" for number in numbers])


def ticks(grid: Array, scale: Scale) -> Array:
    """Numbers for the ticks of a grid: up to five of its points, or round numbers if it has many points."""
    if len(grid) > _DENSE and scale == "linear":
        steps: Array = np.asarray(MaxNLocator(5).tick_values(grid[0], grid[-1]))
        inside: Array = steps[(steps >= grid[0]) & (steps <= grid[-1])]
        return inside
    if len(grid) > _DENSE:
        low, high = positions(grid[[0, -1]], scale)
        decades = np.arange(np.ceil(low - 1e-9), np.floor(high + 1e-9) + 1)
        if len(decades) > 1:
            return np.array([from_scale(decade, scale) for decade in decades])
    chosen: Array = grid[np.unique(np.linspace(0, len(grid) - 1, min(len(grid), 5)).round().astype(int))]
    return chosen


def scale_values(axes: Axes, values: Array, letter: Literal["x", "y"] = "y") -> None:
    """Makes the x or y axis symmetrically logarithmic if the middle half of the values drawn on it would be one line.

    That happens where no minimum is known and descents run away. The axis is linear between ± the power of ten below
    which a quarter of the sizes are.
    """
    finite = values[np.isfinite(values)]
    sizes = np.abs(finite[finite != 0])
    first, last = np.quantile(finite, [0.25, 0.75]) if len(sizes) else (0.0, 0.0)
    if not len(sizes) or sizes.max() < _FAR * np.median(sizes) or last - first >= _LINE * np.ptp(finite):
        return
    linthresh = 10.0 ** np.floor(np.log10(np.quantile(sizes, 0.25)))
    low, high = float(finite.min()), float(finite.max())
    limits = low * (10.0 if low < 0 else 0.1), high * (10.0 if high > 0 else 0.1)
    set_scale, set_limits = (axes.set_xscale, axes.set_xlim) if letter == "x" else (axes.set_yscale, axes.set_ylim)
    set_scale("symlog", linthresh=linthresh)
    set_limits(*limits)
