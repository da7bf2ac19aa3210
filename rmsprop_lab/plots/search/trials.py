"""The trials of one search: the score along each hyperparameter, and over two of them."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from rmsprop_lab.base import Array
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plots.png import new_figure, png_of, set_title
from rmsprop_lab.plots.search.sensitivity import LOST

_LEVELS = 12
_FEW = 6  # values that have room for a tick each


def trials_png(
    space: Mapping[str, Range], columns: Mapping[str, Array], scores: Array, best: int, title: str, score: str
) -> bytes:
    """A slice per hyperparameter, later trials darker, and the contour plot of the first two with the trials on it.

    `columns`: each hyperparameter's value in every trial `(n,)`, NaN where a conditional one was not active; `scores`
    `(n,)`, +inf where the trial was lost; `best`: the winner's place among them, marked with a star;
    `score`: what is minimised, in words.
    """
    drawn = [name for name, span in space.items() if span.varies]
    ranges = [name for name in drawn if space[name].values is None]
    figure = new_figure(3.3 * (len(drawn) + (len(ranges) > 1)) + 0.6 * (len(ranges) > 1), 3.4)  # and a colour bar
    panels = figure.subplots(1, len(drawn) + (len(ranges) > 1), squeeze=False)[0]
    kept = np.isfinite(scores)
    top = scores[kept].max() if kept.any() else 0.0
    shown = np.where(kept, scores, top + 0.08 * max(top - scores[kept].min() if kept.any() else 0.0, 1.0))
    order = np.arange(len(scores))
    for axes, name in zip(panels, drawn, strict=False):
        axes.scatter(columns[name][kept], shown[kept], c=order[kept], cmap="Blues", vmin=-len(order) / 2, s=18)
        axes.plot(columns[name][~kept], shown[~kept], "x", color=LOST, markersize=5)
        axes.plot(
            columns[name][best],
            shown[best],
            "*",
            color="#D55E00",
            markeredgecolor="black",
            markersize=13,
            clip_on=False,
        )
        _scale(axes, name, space[name], "x")
        axes.grid(alpha=0.3)
        if not kept.any():
            axes.set_yticks([])  # there is no score to read
    panels[0].set_ylabel(f"{score} (crosses: infinite)")
    if len(ranges) > 1:
        _contour(panels[-1], ranges[:2], space, columns, scores, best, score)
    set_title(figure, title, 11.0)
    return png_of(figure)


def _contour(
    axes: Axes,
    names: list[str],
    space: Mapping[str, Range],
    columns: Mapping[str, Array],
    scores: Array,
    best: int,
    score: str,
) -> None:
    x, y = (columns[name] for name in names)
    active = np.isfinite(x) & np.isfinite(y)
    used = active & np.isfinite(scores)
    # Triangles are made in the unit square, where no scale stretches them.
    places = [np.array([space[name].position(v) for v in columns[name][used]]) for name in names]
    if used.sum() >= 4 and all(np.ptp(place) > 0 for place in places):
        from matplotlib.tri import Triangulation

        triangles = Triangulation(*places).triangles
        drawing = Triangulation(x[used], y[used], triangles)
        levels = axes.tricontourf(drawing, scores[used], levels=_LEVELS, cmap="viridis_r")
        axes.figure.colorbar(levels, ax=axes, label=score)
    axes.plot(x[active & ~used], y[active & ~used], "x", color=LOST, markersize=5)
    axes.plot(x[used], y[used], ".", color="white", markeredgecolor="black", markersize=6)
    axes.plot(x[best], y[best], "*", color="#D55E00", markeredgecolor="black", markersize=13, clip_on=False)
    for name, axis in zip(names, "xy", strict=True):
        _scale(axes, name, space[name], axis)


def _scale(axes: Axes, name: str, span: Range, axis: str) -> None:
    label = {f"{axis}label": name}
    part = axes.xaxis if axis == "x" else axes.yaxis
    if span.values is not None:
        axes.set(**label)
        if len(span) <= _FEW:
            part.set_ticks([float(value) for value in span.grid()], [_category(value) for value in span.grid()])
        return
    limits = {f"{axis}lim": (span.low, span.high)}
    if span.scale == "log":
        axes.set(**label, **{f"{axis}scale": "log"}, **limits)
        if span.high >= 10 * span.low:
            part.set_minor_formatter(NullFormatter())
    elif span.scale == "log_complement":
        getattr(axes, f"set_{axis}scale")("function", functions=(_forward, _backward))
        ends = np.linspace(_forward(np.array(span.low)), _forward(np.array(span.high)), 3)
        part.set_ticks([float(v) for v in _backward(ends)])
        part.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.6g}"))
        axes.set(**label, **limits)
    else:
        axes.set(**label, **limits)


def _category(value: float) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def _forward(x: Array) -> Array:
    return -np.log10(np.maximum(1.0 - np.asarray(x, dtype=np.float64), 1e-300))


def _backward(u: Array) -> Array:
    return 1.0 - 10.0 ** -np.asarray(u, dtype=np.float64)
