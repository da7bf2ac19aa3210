"""Draws the best score over the number of trials."""

from collections.abc import Mapping

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.plots.figure import label_scores, new_figure, png_of, set_title, shortened
from rmsprop_lab.plots.scales import scale_values


def budget_png(
    panels: Mapping[str, Mapping[str, tuple[Array, Array]]],
    hues: Mapping[str, str],
    title: str,
    scores: Mapping[str, str],
) -> bytes:
    """Draws one panel per objective, and two lines per optimizer.

    Args:
        panels: For each objective and optimizer two curves `(n,)`: the expected best of k trials (solid), and the best
            so far in the order of the trials (dotted).
        hues: The hue of each optimizer.
        title: The figure's title.
        scores: The name of each objective's score, for the y axes.
    """
    figure = new_figure(max(4.2 * len(panels), 5.5), 3.8)
    for axes, (name, curves) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        for optimizer, (expected, happened) in curves.items():
            trials = np.arange(1, len(expected) + 1)
            axes.plot(trials, expected, color=hues[optimizer], label=shortened(optimizer))
            axes.step(trials, happened, ":", color=hues[optimizer], where="post", linewidth=1.2)
        axes.set(xlabel="trials")
        scale_values(axes, np.concatenate([curve for pair in curves.values() for curve in pair]))
        axes.set_title(shortened(name), parse_math=False)
        axes.set_xlim(left=1)
        axes.grid(alpha=0.3)
    label_scores(figure.axes, [scores[name] for name in panels], "best so far: {}")
    figure.axes[0].legend(fontsize=8)
    set_title(figure, title)
    return png_of(figure)
