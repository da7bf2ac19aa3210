"""Draws how much the step size matters: the lowest score at each step size that was tried."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rmsprop_lab.plots.colours import marks
from rmsprop_lab.plots.figure import label_scores, new_figure, png_of, set_title, shortened
from rmsprop_lab.plots.scales import scale_values


def sensitivity_png(
    tables: Mapping[str, pd.DataFrame], hues: Mapping[str, str], title: str, scores: Mapping[str, str], joined: bool
) -> bytes:
    """Draws one panel per objective, and for each optimizer the lowest score at each step size.

    A step size whose best trial was lost is a cross: at its score, or above the lines if it failed.

    Args:
        tables: The trials of each objective, with columns `optimizer`, `step_size`, `score`, `outcome`.
        hues: The hue of each optimizer.
        title: The figure's title.
        scores: The name of each objective's score, for the y axes.
        joined: Whether to join the points by a line.
    """
    figure = new_figure(max(4.2 * len(tables), 5.5), 4.0)
    panels, marked = figure.subplots(1, len(tables), squeeze=False)[0], marks(hues)
    for axes, (name, table) in zip(panels, tables.items(), strict=True):
        lowest = table.sort_values("score", kind="stable").groupby(["optimizer", "step_size"]).head(1)
        lowest = lowest.sort_values(["optimizer", "step_size"])
        finite = lowest[np.isfinite(lowest["score"])]
        top = float(finite["score"].max()) if len(finite) else 0.0
        for row, (optimizer, line) in enumerate(lowest.groupby("optimizer", sort=False)):
            kept, lost = line[line["outcome"] == "ok"], line[line["outcome"] != "ok"]
            heights = np.where(np.isfinite(lost["score"]), lost["score"], top + 1.0 + 0.5 * row)
            hue, mark = hues[str(optimizer)], marked[str(optimizer)] or "."
            look: dict[str, Any] = {
                "color": hue,
                "marker": mark,
                "linestyle": "-" if joined else "",
                "label": shortened(str(optimizer)),
            }
            axes.plot(kept["step_size"], kept["score"], **look)
            axes.plot(lost["step_size"], heights, "x", ms=4, color=hue)
        axes.set(xscale="log", xlabel="step_size")
        scale_values(axes, lowest["score"].to_numpy())
        axes.set_title(shortened(name), parse_math=False)
        axes.grid(alpha=0.3)
    label_scores(list(panels), [scores[name] for name in tables], "{} (crosses: lost)")
    panels[0].legend(fontsize=8)
    set_title(figure, title)
    return png_of(figure)
