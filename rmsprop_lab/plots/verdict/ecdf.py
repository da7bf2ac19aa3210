"""Draws the share of targets that are reached over the evaluations that are spent."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator, PercentFormatter

from rmsprop_lab.base import Array
from rmsprop_lab.plots.figure import LOG_TICKS, png_of, set_title, shortened
from rmsprop_lab.plots.verdict.grid import columns_of, lowest, panel_grid
from rmsprop_lab.plots.verdict.looks import Look, legend_below, looks

_FIRST = 0.8  # the left end of the logarithmic axis, where what is reached before the first evaluation is drawn


def ecdf_png(panels: Mapping[str, Mapping[str, tuple[Array, Array]]], hues: Mapping[str, str], title: str) -> bytes:
    """Draws one panel per objective, and in it the staircase of each optimizer.

    Args:
        panels: For each panel's name and optimizer two arrays `(m,)`: ascending numbers of evaluations from 0, and the
            share of targets reached within them.
        hues: The hue of each optimizer.
        title: The figure's title.
    """
    figure, axes = panel_grid(len(panels), 3.3, 2.6, sharey=True)
    found = looks(hues)
    for each, (name, curves) in zip(axes, panels.items(), strict=True):
        _draw(each, curves, found)
        each.set_title(shortened(name), fontsize=11, parse_math=False)
    for each in lowest(axes):
        each.set_xlabel("evaluations")
    for each in axes[:: columns_of(len(axes))]:
        each.set_ylabel("targets reached")
    drawn = {name for curves in panels.values() for name in curves}
    legend_below(figure, [name for name in hues if name in drawn], found)
    set_title(figure, title)
    return png_of(figure)


def _draw(axes: Axes, curves: Mapping[str, tuple[Array, Array]], found: Mapping[str, Look]) -> None:
    end = max(at[-1] for at, _ in curves.values())
    for name, (at, share) in curves.items():
        axes.plot(np.maximum(at, _FIRST), share, drawstyle="steps-post", **found[name].style())
    axes.set(xscale="log", xlim=(_FIRST, max(end, 2.0)), ylim=(-0.03, 1.03))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.tick_params(axis="y", labelsize=8)
    axes.tick_params(axis="x", labelsize=LOG_TICKS)
    axes.xaxis.set_minor_locator(NullLocator())  # a third of the time
    axes.grid(alpha=0.3)
