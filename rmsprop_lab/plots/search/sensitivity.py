"""How much the choice of hyperparameters matters: score against step size, and the map of two hyperparameters."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from rmsprop_lab.base import Array
from rmsprop_lab.plots.png import new_figure, png_of, set_title

LOST = "#9AA0A6"
_DENSE = 12  # grid points


def sensitivity_png(
    tables: Mapping[str, pd.DataFrame], hues: Mapping[str, str], title: str, score: str, joined: bool
) -> bytes:
    """One panel per objective, one line per optimizer (dots, unless `joined`): the lowest score at each step size.

    `tables` maps the objective's name to its trials with columns `optimizer`, `step_size`, `score`. Step sizes at
    which every trial was lost are marked with crosses above the lines. `score`: what is minimised, in words.
    """
    figure = new_figure(max(4.2 * len(tables), 5.5), 4.0)
    panels = figure.subplots(1, len(tables), squeeze=False)[0]
    for axes, (name, table) in zip(panels, tables.items(), strict=True):
        lowest = table.groupby(["optimizer", "step_size"], sort=True)["score"].min().reset_index()
        finite = lowest[np.isfinite(lowest["score"])]
        top = float(finite["score"].max()) if len(finite) else 0.0
        for row, (optimizer, line) in enumerate(lowest.groupby("optimizer", sort=False)):
            kept = line[np.isfinite(line["score"])]
            lost = line[~np.isfinite(line["score"])]
            hue, style = hues[str(optimizer)], ".-" if joined else "."
            axes.plot(kept["step_size"], kept["score"], style, color=hue, label=str(optimizer))
            axes.plot(lost["step_size"], np.full(len(lost), top + 1.0 + 0.5 * row), "x", ms=4, color=hue)
        axes.set(xscale="log", xlabel="step_size", title=name)
        axes.grid(alpha=0.3)
    panels[0].set_ylabel(f"{score} (crosses: infinite)")
    panels[0].legend(fontsize=8)
    set_title(figure, title)
    return png_of(figure)


def map_png(
    scores: Array,
    grids: Mapping[str, Sequence[float]],
    scales: Mapping[str, str],
    best: Mapping[str, float],
    title: str,
    score: str,
) -> bytes:
    """The score `(ny, nx)` over a grid of two hyperparameters, the first of `grids` along x.

    Lost trials (not finite) are grey, the `best` point is marked.
    """
    names = across, up = list(grids)
    values = np.ma.masked_invalid(scores)
    figure = new_figure(6.0, 4.6)
    axes = figure.add_subplot()
    axes.set_facecolor(LOST)
    x, y = (_positions(grids[name], scales[name]) for name in names)
    mark = axes.pcolormesh(x, y, values, cmap="viridis_r", shading="nearest")
    figure.colorbar(mark, ax=axes, label=f"{score} (grey: lost)")
    star = [_positions([best[name]], scales[name]) for name in names]
    axes.plot(*star, "*", color="white", markeredgecolor="black", markersize=14)
    for axis, name, at in ((axes.xaxis, across, grids[across]), (axes.yaxis, up, grids[up])):
        ticks = _ticks(np.asarray(at, dtype=np.float64), scales[name])
        axis.set_ticks(_positions(ticks, scales[name]), [f"{tick:.3g}" for tick in ticks])
        axis.set_label_text(name)
    axes.set_title(title, fontsize=10)
    return png_of(figure)


def _ticks(at: Array, scale: str) -> Array:
    """Some of the grid's own points, or, where they are many, round numbers between its ends."""
    if len(at) > _DENSE and scale in ("log", "log_complement"):
        ends = _positions(at[[0, -1]], scale)
        decades = 10.0 ** np.arange(np.ceil(ends[0] - 1e-9), np.floor(ends[1] + 1e-9) + 1)
        if len(decades) > 1:
            round_ones: Array = decades if scale == "log" else 1.0 - 1.0 / decades
            return round_ones
    if len(at) > _DENSE and scale == "linear":
        ticks: Array = np.asarray(MaxNLocator(5).tick_values(at[0], at[-1]))
        inside: Array = ticks[(ticks >= at[0]) & (ticks <= at[-1])]
        return inside
    chosen: Array = at[np.unique(np.linspace(0, len(at) - 1, min(len(at), 5)).round().astype(int))]
    return chosen


def _positions(values: ArrayLike, scale: str) -> Array:
    numbers = np.asarray(values, dtype=np.float64)
    if scale == "log":
        return np.log10(numbers)
    return -np.log10(1.0 - numbers) if scale == "log_complement" else numbers
