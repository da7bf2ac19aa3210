"""Draws the trials of one search: the score over each hyperparameter, and over two of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter
from matplotlib.tri import Triangulation
from numpy.typing import NDArray

from rmsprop_lab.base import Array
from rmsprop_lab.plan.scale import from_scale
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plots.colours import BEST, GREY
from rmsprop_lab.plots.figure import new_figure, png_of, set_title
from rmsprop_lab.plots.scales import positions, scale_values, set_ticks

_LEVELS = 12
_FEW = 6  # values that have room for a tick each


def trials_png(
    space: Mapping[str, Range],
    columns: Mapping[str, Array],
    scores: Array,
    lost: NDArray[np.bool_],
    best: int,
    title: str,
    score: str,
) -> bytes:
    """Draws one panel per hyperparameter, later trials darker, and a contour plot over the first two ranges.

    Args:
        space: The ranges of the search.
        columns: The value of each hyperparameter in every trial, `(n,)`; NaN where a conditional one is not active.
        scores: The scores, `(n,)`; +inf for trials that failed.
        lost: Whether a trial diverged or failed, `(n,)`: such trials are crosses.
        best: Index of the winner, which gets a star.
        title: The figure's title.
        score: The score's name, for axes.
    """
    drawn = [name for name, span in space.items() if span.varies]
    ranges = [name for name in drawn if space[name].values is None]
    trials = _Trials(space, columns, scores, lost, best)
    contour = len(ranges) > 1
    figure = new_figure(3.3 * (len(drawn) + contour) + 0.6 * contour, 3.4)  # 0.6 for the colour bar
    panels = figure.subplots(1, len(drawn) + contour, squeeze=False)[0]
    for axes, name in zip(panels, drawn, strict=False):
        _slice(axes, name, trials)
    panels[0].set_ylabel(f"{score}\n(darker: later, crosses: lost, star: best)", fontsize=9)
    if contour:
        _contour(panels[-1], ranges[0], ranges[1], trials, score)
    set_title(figure, title, 11.0)
    return png_of(figure)


@dataclass(frozen=True)
class _Trials:
    """The n trials of a search; `best` is the winner's index."""

    space: Mapping[str, Range]
    columns: Mapping[str, Array]
    scores: Array
    lost: NDArray[np.bool_]
    best: int

    @property
    def kept(self) -> NDArray[np.bool_]:
        return ~self.lost

    @property
    def heights(self) -> Array:
        """The scores `(n,)`; failed trials lie above all others."""
        finite = self.scores[np.isfinite(self.scores)]
        top, spread = (finite.max(), np.ptp(finite)) if finite.size else (0.0, 0.0)
        return np.where(np.isfinite(self.scores), self.scores, top + 0.08 * max(spread, 1.0))

    def places(self, name: str) -> Array:
        """The positions of the trials on a hyperparameter's axis, `(n,)`."""
        return (
            positions(self.columns[name], "log_complement") if _is_complement(self.space[name]) else self.columns[name]
        )


def _slice(axes: Axes, name: str, trials: _Trials) -> None:
    x, y, kept = trials.places(name), trials.heights, trials.kept
    order = np.arange(len(y))
    axes.scatter(x[kept], y[kept], c=order[kept], cmap="Blues", vmin=-len(y) / 2, s=18)
    axes.plot(x[~kept], y[~kept], "x", color=GREY, markersize=5)
    _star(axes, x[trials.best], y[trials.best])
    _scale(axes, "x", name, trials.space[name])
    scale_values(axes, y)
    axes.grid(alpha=0.3)
    if not kept.any():
        axes.set_yticks([])  # there is no score to read


def _contour(axes: Axes, across: str, up: str, trials: _Trials, score: str) -> None:
    x, y = trials.places(across), trials.places(up)
    active = np.isfinite(x) & np.isfinite(y)
    used = active & trials.kept
    # Triangulate in the unit square, so that triangles do not depend on the scales.
    unit = [np.array([trials.space[name].position(v) for v in trials.columns[name][used]]) for name in (across, up)]
    if used.sum() >= 4 and all(np.ptp(at) > 0 for at in unit):
        drawing = Triangulation(x[used], y[used], Triangulation(*unit).triangles)
        levels = axes.tricontourf(drawing, trials.scores[used], levels=_LEVELS, cmap="viridis_r")
        axes.figure.colorbar(levels, ax=axes, label=score)
    axes.plot(x[active & ~used], y[active & ~used], "x", color=GREY, markersize=5)
    axes.plot(x[used], y[used], ".", color="white", markeredgecolor="black", markersize=6)
    _star(axes, x[trials.best], y[trials.best])
    _scale(axes, "x", across, trials.space[across])
    _scale(axes, "y", up, trials.space[up])


def _star(axes: Axes, x: float, y: float) -> None:
    axes.plot(x, y, "*", color=BEST, markeredgecolor="black", markersize=13, clip_on=False)


def _scale(axes: Axes, letter: Literal["x", "y"], name: str, span: Range) -> None:
    """Labels the x or y axis, and sets its scale, limits and ticks."""
    axis = axes.xaxis if letter == "x" else axes.yaxis
    axis.set_label_text(name)
    if span.values is not None:
        if len(span) <= _FEW:
            axis.set_ticks([float(value) for value in span.grid()], [_category(value) for value in span.grid()])
        return
    low, high = span.low, span.high
    if span.scale == "log":
        axes.set(**{f"{letter}scale": "log"})
        if high >= 10 * low:
            axis.set_minor_formatter(NullFormatter())
    elif _is_complement(span):
        low, high = positions([low, high], span.scale)
        set_ticks(axis, [from_scale(at, span.scale) for at in np.linspace(low, high, 3)], span.scale, ".6g")
    axes.set(**{f"{letter}lim": (low, high)})


def _is_complement(span: Range) -> bool:
    return span.values is None and span.scale == "log_complement"


def _category(value: float) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"
