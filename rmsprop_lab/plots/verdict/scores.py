"""Draws the mean score of each optimizer on each objective, with its interval and its rank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import SymmetricalLogLocator

from rmsprop_lab.base import Array
from rmsprop_lab.plots.colours import GREY
from rmsprop_lab.plots.figure import LOG_TICKS, png_of, set_title, shortened
from rmsprop_lab.plots.scales import scale_values
from rmsprop_lab.plots.verdict.grid import panel_grid
from rmsprop_lab.plots.verdict.looks import Look, looks

_LETTERS = 18  # of a name beside a row or above it
_TICKS = 4  # powers of ten that have room below a panel
_SINGLE = 0.27  # how far below its row the scores of single repeats are, in rows


@dataclass(frozen=True, eq=False)
class Row:
    """One optimizer on one objective.

    Args:
        optimizer: Its name.
        score: Its mean score; +inf if it failed in a repeat.
        low: The lower end of the mean's interval; NaN without one.
        high: The upper end.
        repeats: The score of each repeat, `(R,)`.
        rank: Its rank, as text; empty without one.
        lost: Whether it diverged from every start.
    """

    optimizer: str
    score: float
    low: float
    high: float
    repeats: Array
    rank: str
    lost: bool


@dataclass(frozen=True, eq=False)
class Panel:
    """One objective.

    Args:
        objective: Its name.
        rows: Its optimizers, from the top.
        score: The name of its score, for the axis.
        limits: The lowest and highest score that there can be; None for a score without limits.
    """

    objective: str
    rows: Sequence[Row]
    score: str
    limits: tuple[float, float] | None


def scores_png(panels: Sequence[Panel], hues: Mapping[str, str], title: str) -> bytes:
    """Draws one panel per objective, and in it one row per optimizer.

    A row has the mean score as a mark, its interval as whiskers, the scores of single repeats as faint dots below, and
    its rank beside its name. The mark of who diverged from every start is a cross.

    Args:
        panels: The panels.
        hues: The hue of each optimizer.
        title: The figure's title.
    """
    rows = max(len(panel.rows) for panel in panels)
    figure, axes = panel_grid(len(panels), 4.2, 1.1 + 0.3 * rows)
    found = looks(hues)
    for each, panel in zip(axes, panels, strict=True):
        _draw(each, panel, found)
    scored = {each: panel.score for each, panel in zip(axes, panels, strict=True) if each.get_xticks().size}
    if len(set(scored.values())) == 1:
        figure.supxlabel(next(iter(scored.values())), fontsize=10)
    else:
        for each, name in scored.items():
            each.set_xlabel(name)
    set_title(figure, title)
    return png_of(figure)


def _draw(axes: Axes, panel: Panel, found: Mapping[str, Look]) -> None:
    for at, row in enumerate(panel.rows):
        _draw_row(axes, at, row, found[row.optimizer])
    axes.set_ylim(len(panel.rows) - 0.4, -0.6)
    names = [f"{shortened(row.optimizer, _LETTERS)}  {row.rank}".rstrip() for row in panel.rows]
    axes.set_yticks(range(len(panel.rows)), names, fontsize=9)
    for label, row in zip(axes.get_yticklabels(), panel.rows, strict=True):
        label.set(parse_math=False, fontweight="bold" if row.rank.rstrip("=") == "1" else "normal")
    axes.set_title(shortened(panel.objective, _LETTERS), fontsize=11, parse_math=False)
    axes.grid(axis="x", alpha=0.3)
    axes.tick_params(axis="x", labelsize=8)
    _set_limits(axes, panel)


def _draw_row(axes: Axes, at: int, row: Row, look: Look) -> None:
    beside = axes.get_yaxis_transform()
    if not np.isfinite(row.score):
        axes.text(0.5, at, "failed", transform=beside, ha="center", va="center", fontsize=8, color=GREY)
        return
    if np.isfinite(row.low) and np.isfinite(row.high) and not row.lost:
        axes.errorbar(
            [row.score], [at], xerr=[[row.score - row.low], [row.high - row.score]],
            fmt="none", ecolor=look.hue, elinewidth=1.8, capsize=3.5,
        )  # fmt: skip
    mark = {"marker": "x", "markersize": 7, "markeredgewidth": 2} if row.lost else look.mark() | {"markersize": 7}
    axes.plot(row.score, at, linestyle="", color=look.hue, **mark)
    if len(row.repeats) > 1:
        shown = row.repeats[np.isfinite(row.repeats)]
        axes.plot(shown, np.full(len(shown), at + _SINGLE), ".", color=look.hue, alpha=0.5, markersize=5, mew=0)


def _set_limits(axes: Axes, panel: Panel) -> None:
    """A decade at least, so that what is equal looks equal, and no more than there can be."""
    shown = [row for row in panel.rows if np.isfinite(row.score)]
    values = np.array([value for row in shown for value in (row.score, row.low, row.high, *row.repeats)])
    values = values[np.isfinite(values)]
    if not len(values):
        axes.set_xticks([])
        return
    if panel.limits is None:
        scale_values(axes, values, "x")
        locator = axes.xaxis.get_major_locator()
        if isinstance(locator, SymmetricalLogLocator):
            locator.set_params(numticks=_TICKS)
            axes.tick_params(axis="x", labelsize=LOG_TICKS)
        return
    low, high = np.clip([values.min(), values.max()], *panel.limits)
    span = max(high - low, 1.0)
    low = float(np.clip((low + high - span) / 2, panel.limits[0], panel.limits[1] - span))
    axes.set_xlim(low - 0.06 * span, low + 1.06 * span)
