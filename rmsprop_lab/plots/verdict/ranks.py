"""Draws mean ranks over objectives, and which of them are too close together to be told apart."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from rmsprop_lab.base import Array
from rmsprop_lab.plots.figure import new_figure, png_of, set_title, shortened
from rmsprop_lab.plots.verdict.looks import looks

_ROW, _BAR = 0.30, 0.13  # inches between two names, and between two bars
_LETTERS = 26  # of a name


def ranks_png(
    names: Sequence[str],
    mean_ranks: Array,
    difference: float,
    groups: Sequence[tuple[int, int]],
    hues: Mapping[str, str],
    title: str,
) -> bytes:
    """Draws a rank diagram: an axis of mean ranks, the best on the left, and bars that join what cannot be told apart.

    Source: Demšar 2006, *Statistical comparisons of classifiers over multiple data sets*, JMLR 7, figure 1.

    Args:
        names: The optimizers, the best first.
        mean_ranks: Their mean ranks, ascending, `(k,)`.
        difference: The critical difference.
        groups: The first and last place of each group that cannot be told apart.
        hues: The hue of each optimizer.
        title: The figure's title.
    """
    rows = -(-len(names) // 2)
    below = 0.16 + _BAR * len(groups)  # where names begin, in inches below the axis
    height = below + _ROW * rows + 0.15
    figure = new_figure(8.6, 1.5 + height)
    axes = figure.subplots()
    end = max(len(names), 1 + difference)
    axes.set(xlim=(1, end), ylim=(-height, 0))
    _draw_axis(axes, len(names))
    _draw_difference(axes, difference)
    for place, (first, last) in enumerate(groups):
        ends = mean_ranks[first] - 0.008 * end, mean_ranks[last] + 0.008 * end
        axes.plot(ends, [-0.14 - _BAR * place] * 2, color="#333333", linewidth=4, solid_capstyle="butt", zorder=3)
    found = looks(hues)
    for place, (name, rank) in enumerate(zip(names, mean_ranks, strict=True)):
        left = place < rows
        row = place if left else len(names) - 1 - place  # the outermost ranks have the shortest way down
        at = -below - _ROW * (row + 0.5)
        edge = 0.0 if left else 1.0
        x = 1 + edge * (end - 1)
        axes.plot([rank, rank, x], [0, at, at], color=found[name].hue, linewidth=1.2, clip_on=False)
        axes.plot(rank, 0, color=found[name].hue, **found[name].mark() | {"markersize": 8}, clip_on=False, zorder=4)
        words = f"{shortened(name, _LETTERS)}  {rank:.2f}" if left else f"{rank:.2f}  {shortened(name, _LETTERS)}"
        axes.annotate(
            words, (x, at), (-6 if left else 6, 0), textcoords="offset points", ha="right" if left else "left",
            va="center", fontsize=9, parse_math=False, annotation_clip=False,
        )  # fmt: skip
    set_title(figure, title)
    return png_of(figure)


def _draw_axis(axes: Axes, optimizers: int) -> None:
    for side in ("left", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.xaxis.tick_top()
    axes.set_xticks(np.arange(1, optimizers + 1))
    axes.tick_params(axis="x", labelsize=9)
    axes.set_yticks([])
    axes.xaxis.set_label_position("top")


def _draw_difference(axes: Axes, difference: float) -> None:
    """The critical difference as a bar above the axis, beginning at rank 1."""
    above = axes.get_xaxis_transform()
    up = 1 + 0.42 / abs(axes.get_ylim()[0])  # inches above the axis as a share of the height below it
    axes.plot([1, 1 + difference], [up, up], "|-", color="#333333", transform=above, clip_on=False, linewidth=1.5)
    axes.annotate(
        f"critical difference {difference:.2f}", (1, up), (0, 5), xycoords=above, textcoords="offset points",
        fontsize=9, color="#333333", annotation_clip=False,
    )  # fmt: skip
