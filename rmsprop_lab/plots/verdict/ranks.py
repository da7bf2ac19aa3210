"""Draws mean ranks over objectives, and which of them are too close together to be told apart."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from rmsprop_lab.base import Array
from rmsprop_lab.plots.figure import new_figure, png_of, set_title, shortened
from rmsprop_lab.plots.verdict.looks import Look, looks

_ROW, _BAR = 0.30, 0.13  # inches between two names, and between two bars
_ABOVE = 0.75  # inches above the axis, for its numbers and the critical difference
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
    figure = new_figure(8.6, 0.7 + _ABOVE + height)  # 0.7 for the title
    axes = figure.subplots()
    end = max(len(names), 1 + difference)
    axes.set(xlim=(1, end), ylim=(-height, _ABOVE))
    _draw_axis(axes, len(names))
    _draw_difference(axes, difference)
    _draw_groups(axes, mean_ranks, groups)
    found = looks(hues)
    for place, (name, rank) in enumerate(zip(names, mean_ranks, strict=True)):
        left = place < rows
        row = place if left else len(names) - 1 - place  # the outermost ranks have the shortest way down
        _draw_name(axes, name, rank, -below - _ROW * (row + 0.5), left, found[name])
    set_title(figure, title)
    return png_of(figure)


def _draw_groups(axes: Axes, mean_ranks: Array, groups: Sequence[tuple[int, int]]) -> None:
    over = 0.008 * axes.get_xlim()[1]  # a bar reaches a little beyond the ranks that it joins
    for place, (first, last) in enumerate(groups):
        ends = mean_ranks[first] - over, mean_ranks[last] + over
        axes.plot(ends, [-0.14 - _BAR * place] * 2, color="#333333", linewidth=4, solid_capstyle="butt", zorder=3)


def _draw_name(axes: Axes, name: str, rank: float, at: float, left: bool, look: Look) -> None:
    """A line from a mean rank down to the name of its optimizer, left or right of all ranks."""
    x = axes.get_xlim()[0 if left else 1]
    axes.plot([rank, rank, x], [0, at, at], color=look.hue, linewidth=1.2, clip_on=False)
    mark = {**look.mark(), "color": look.hue, "markersize": 8, "linestyle": ""}
    axes.plot([rank, x], [0, at], **mark, clip_on=False, zorder=4)  # of equal ranks one mark hides the other
    words = f"{shortened(name, _LETTERS)}  {rank:.2f}" if left else f"{rank:.2f}  {shortened(name, _LETTERS)}"
    axes.annotate(
        words, (x, at), (-9 if left else 9, 0), textcoords="offset points", ha="right" if left else "left",
        va="center", fontsize=9, parse_math=False, annotation_clip=False,
    )  # fmt: skip


def _draw_axis(axes: Axes, optimizers: int) -> None:
    for side in ("left", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["top"].set_position(("data", 0.0))
    axes.xaxis.tick_top()
    axes.set_xticks(np.arange(1, optimizers + 1))
    axes.tick_params(axis="x", labelsize=9)
    axes.set_yticks([])


def _draw_difference(axes: Axes, difference: float) -> None:
    """The critical difference as a bar above the axis, beginning at rank 1."""
    up = 0.42
    axes.plot([1, 1 + difference], [up, up], "|-", color="#333333", clip_on=False, linewidth=1.5)
    words = f"critical difference {difference:.2f}"
    axes.annotate(words, (1, up), (0, 4), textcoords="offset points", fontsize=9, color="#333333")
