"""Draws performance profiles: the share of problems solved within a factor of the best optimizer's cost."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator, PercentFormatter

from rmsprop_lab.base import Array
from rmsprop_lab.plots.figure import new_figure, png_of, set_title
from rmsprop_lab.plots.verdict.looks import legend_below, looks

_TICKS = 8  # that have room


def profile_png(curves: Mapping[str, tuple[Array, Array]], hues: Mapping[str, str], title: str) -> bytes:
    """Draws the profile of each optimizer over the factor, on a logarithmic axis.

    Args:
        curves: For each optimizer two arrays `(m,)`: ascending factors from 1, and the share of problems within them.
        hues: The hue of each optimizer.
        title: The figure's title.
    """
    figure = new_figure(8.0, 4.8)
    axes = figure.subplots()
    found = looks(hues)
    end = 1.25 * max(2.0, *(factors[-1] for factors, _ in curves.values()))
    for name, (factors, share) in curves.items():
        x, y = np.append(factors, end), np.append(share, share[-1])
        axes.plot(x, y, drawstyle="steps-post", **found[name].style())
    axes.set(xscale="log", xlim=(end**-0.02, end), ylim=(-0.03, 1.03), ylabel="problems solved")
    axes.set_xlabel("cost, as a multiple of the best optimizer's")
    _set_ticks(axes, end)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(alpha=0.3)
    legend_below(figure, [name for name in hues if name in curves], found)
    set_title(figure, title)
    return png_of(figure)


def _set_ticks(axes: Axes, end: float) -> None:
    """Ticks at 1, 2, 5, 10, …, or at powers of ten where these are too many."""
    decades = 10.0 ** np.arange(np.floor(np.log10(end)) + 1)
    numbers = np.sort(np.outer(decades, [1.0, 2.0, 5.0]).ravel())
    if len(numbers) > _TICKS:
        numbers = decades[:: -(-len(decades) // _TICKS)]
    numbers = numbers[numbers <= end]
    axes.set_xticks(numbers, [f"{number:g}×" for number in numbers])
    axes.xaxis.set_minor_locator(NullLocator())
