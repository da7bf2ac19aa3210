"""Draws how much each hyperparameter matters: its share of the difference between good and bad trials."""

from collections.abc import Mapping, Sequence

import numpy as np

from rmsprop_lab.plots.figure import new_figure, png_of, set_title, shortened


def importance_png(
    shares: Mapping[tuple[str, str], Mapping[str, Sequence[float]]], hues: Mapping[str, str], title: str
) -> bytes:
    """Draws one panel per objective, and one bar per optimizer and hyperparameter.

    A bar is as long as the mean over repeats, its whisker goes from the lowest to the highest of them.

    Args:
        shares: The shares of each hyperparameter, from 0 to 1, one per repeat, by objective and optimizer.
        hues: The hue of each optimizer.
        title: The figure's title.
    """
    objectives = list(dict.fromkeys(objective for objective, _ in shares))
    rows = max(sum(len(bars) for (name, _), bars in shares.items() if name == objective) for objective in objectives)
    figure = new_figure(max(4.2 * len(objectives), 5.5), 1.2 + 0.32 * rows)
    for axes, objective in zip(figure.subplots(1, len(objectives), squeeze=False)[0], objectives, strict=True):
        bars = [
            (optimizer, hyperparameter, np.asarray(of_repeats, dtype=np.float64))
            for (name, optimizer), found in shares.items()
            if name == objective
            for hyperparameter, of_repeats in found.items()
        ]
        at = np.arange(len(bars))
        axes.barh(at, [each.mean() for _, _, each in bars], color=[hues[optimizer] for optimizer, _, _ in bars])
        for row, (_, _, each) in enumerate(bars):
            if len(each) > 1:
                axes.plot([each.min(), each.max()], [row, row], color="black", linewidth=1.2, marker="|", markersize=6)
        axes.set_yticks(
            at,
            [f"{shortened(optimizer)}  {shortened(hyperparameter)}" for optimizer, hyperparameter, _ in bars],
            fontsize=8,
        )
        axes.set(xlim=(0, 1), xlabel="importance")
        axes.set_title(shortened(objective), parse_math=False)
        axes.invert_yaxis()
        axes.grid(axis="x", alpha=0.3)
    set_title(figure, title)
    return png_of(figure)
