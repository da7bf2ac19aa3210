"""Draws the best score over the number of trials."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rmsprop_lab.plots.colours import marks
from rmsprop_lab.plots.figure import label_scores, new_figure, png_of, set_title, shortened
from rmsprop_lab.plots.scales import scale_values

_SEEN = ("best_so_far", "best_so_far_low", "best_so_far_high")


def budget_png(
    panels: Mapping[str, pd.DataFrame], hues: Mapping[str, str], title: str, scores: Mapping[str, str]
) -> bytes:
    """Draws one panel per objective, and for each optimizer the best score of so many trials.

    The line is the best so far, in a band from the lowest to the highest of several repeats. If the order of the trials
    is an accident, the line is what is expected over all orders, and the best so far is dotted. The legend tells what
    share of an optimizer's trials was lost.

    Args:
        panels: For each objective its rows of `tables/budget.csv`.
        hues: The hue of each optimizer.
        title: The figure's title.
        scores: The name of each objective's score, for the y axes.
    """
    figure, marked = new_figure(max(4.2 * len(panels), 5.5), 3.8), marks(hues)
    for axes, (name, table) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        for optimizer, rows in table.groupby("optimizer", sort=False):
            _line(axes, rows, str(optimizer), hues[str(optimizer)], marked[str(optimizer)])
        axes.set(xlabel="trials")
        scale_values(axes, table[[*_SEEN, "expected_best"]].to_numpy().ravel())
        axes.set_title(shortened(name), parse_math=False)
        axes.set_xlim(left=1)
        axes.grid(alpha=0.3)
        _legend(axes, table, all_names=axes is figure.axes[0])
    label_scores(figure.axes, [scores[name] for name in panels], "best so far: {}")
    set_title(figure, title)
    return png_of(figure)


def _line(axes: Axes, rows: pd.DataFrame, optimizer: str, hue: str, mark: str) -> None:
    trials = rows["trials"].to_numpy()
    seen, low, high, expected = (rows[name].to_numpy(dtype=np.float64) for name in (*_SEEN, "expected_best"))
    if rows["repeats"].iloc[0] > 1:
        axes.fill_between(trials, low, high, step="post", color=hue, alpha=0.15, linewidth=0)
    look: dict[str, Any] = {"color": hue, "marker": mark, "markevery": 0.2, "label": shortened(optimizer)}
    if np.isnan(expected).all():
        axes.step(trials, seen, where="post", **look)
    else:
        axes.plot(trials, expected, **look)
        axes.step(trials, seen, ":", color=hue, where="post", linewidth=1.2)


def _legend(axes: Axes, table: pd.DataFrame, all_names: bool) -> None:
    """Names the optimizers, those alone that lost trials if the panel beside it names all."""
    lost = {
        shortened(str(optimizer)): float(rows["lost"].iloc[-1])
        for optimizer, rows in table.groupby("optimizer", sort=False)
    }
    lines, names = axes.get_legend_handles_labels()
    told = [(line, name, lost[name]) for line, name in zip(lines, names, strict=True) if all_names or lost[name] > 0]
    if told:
        texts = [f"{name}: {_share(share)} lost" if share > 0 else name for _, name, share in told]
        axes.legend([line for line, _, _ in told], texts, fontsize=8)


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "<1%"
