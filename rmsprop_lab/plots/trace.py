"""Draws a trace as one figure: paths over the objective, and gaps over iterations."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.descent import Trace
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.evaluation.curves import spread
from rmsprop_lab.evaluation.gaps import gap, gap_floor
from rmsprop_lab.evaluation.quantiles import median_start
from rmsprop_lab.plots.colours import BEST, PALETTE
from rmsprop_lab.plots.figure import new_figure
from rmsprop_lab.plots.objective import draw_curve, draw_filled, scene_of
from rmsprop_lab.plots.paths import in_plane, path_in
from rmsprop_lab.plots.scales import HUGE
from rmsprop_lab.plots.shading import PALE
from rmsprop_lab.plots.signs import LEAVES, LEFT, MINIMIZER, draw_floor, key_below, mark_minimizers

Style: TypeAlias = tuple[int, dict[str, Any]]
_FEW = len(PALETTE)  # descents with a hue each
_POINTS = 200_000  # most points that are drawn in all
_MOST = 2_000  # most points of one descent
_DOTTED = 200  # paths of up to so many iterations have a dot for each
_FAR = 1e100  # starts with a larger coordinate do not widen the window


def plot(trace: Trace, objective: Objective | None = None, labels: Sequence[str] | None = None) -> Figure:
    """Draws a trace: on the left the paths over the objective, on the right the gaps over iterations.

    Paths show the first two coordinates over filled contours; in one dimension, x and f(x) on the curve of f. If no
    minimum is known, the right panel shows values. Without an objective, it is the only panel. Up to eight descents
    have a hue each; of more, the one with the median final value is bold. A cross marks the point where a path leaves
    the window for good. A curve ends where its descent diverged.

    Args:
        trace: The result of `descend`, with any number of descents and iterations.
        objective: The objective of the descents; None for `trace.objective`.
        labels: What the legend calls each descent, of at most eight; None for `descent 0`, `descent 1`, ...

    Returns:
        A matplotlib figure, made without pyplot. A notebook shows it; `figure.savefig("descents.pdf")` writes a file.

    Raises:
        InputError: `trace` is not a `Trace`, or `objective` is not an `Objective` or has another dimension,
            or `labels` are not one text per descent.

    >>> from rmsprop_lab import descend
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import RMSProp
    >>> trace = descend(Bowl(), RMSProp(step_size=[0.01, 0.03, 0.1], rho=0.9), [0.5, -0.8], n_iter=50)
    >>> paths, gaps = plot(trace).axes
    >>> gaps.get_ylabel()
    'gap to the minimum'
    """
    objective = _checked(trace, objective)
    styles = list(_styles(trace, _names(trace, labels)))
    shown = _shown(trace)
    if objective is None:
        figure = new_figure(5.5, 4.2)
        _draw_curves(figure.add_subplot(), shown, None, styles)
        return figure
    figure = new_figure(10.4, 4.2)
    left, right = figure.subplots(1, 2)
    key_below(figure, _draw_paths(left, shown, objective, styles))
    _draw_curves(right, shown, objective, styles)
    return figure


def _checked(trace: Trace, objective: Objective | None) -> Objective | None:
    """The objective that was given, otherwise that of the trace; None if neither is known."""
    if not isinstance(trace, Trace):
        raise InputError("trace", "a Trace, as `descend` returns it", _kind(trace))
    objective = trace.objective if objective is None else objective
    if objective is not None and not isinstance(objective, Objective):
        raise InputError("objective", "an Objective", _kind(objective))
    dim = trace.points.shape[1]
    if objective is not None and objective.dim != dim:
        raise InputError("objective", f"an objective of dimension {dim}, like the trace", objective.dim)
    return objective


def _kind(value: object) -> Found:
    """`the class Bowl` or `a value of type ndarray`."""
    return Found(
        f"the class {value.__name__}" if isinstance(value, type) else f"a value of type {type(value).__name__}"
    )


def _shown(trace: Trace) -> Trace:
    """The iterations that are drawn: of a long trace, log-spaced and evenly spaced ones."""
    length, most = len(trace.iterations), max(100, min(_MOST, _POINTS // max(1, trace.values.shape[1])))
    if length <= most:
        return trace
    return trace.at(spread(length, most))


def _draw_paths(axes: Axes, trace: Trace, objective: Objective, styles: Sequence[Style]) -> list[Line2D]:
    """Draws the paths; returns the signs to explain."""
    first = trace.points[0][:, (np.abs(trace.points[0]) < _FAR).all(axis=0)]
    starts = first if first.size and trace.iterations[0] == 0 else None
    if objective.dim == 1:
        draw_curve(axes, objective, objective.bounds if starts is None else starts)
    else:
        scene = scene_of(objective, window_of(objective, starts), PALE)
        draw_filled(axes, scene)
        axes.set_title(scene.note(), fontsize=9)
    window = np.array([axes.get_xlim(), axes.get_ylim()])
    plane, leaves = in_plane(trace.points, objective), False
    for number, style in styles:
        path, left_at = path_in(plane[:, :, number], window)
        dots = {"marker": ".", "markersize": 2 + 2 * style["linewidth"]} if len(path) <= _DOTTED else {}
        axes.plot(*path.T, **style, **dots)
        if left_at is not None:
            leaves = True
            axes.plot(*left_at, color=style["color"], **LEFT)
    return [MINIMIZER] * mark_minimizers(axes, objective) + [LEAVES] * leaves


def _draw_curves(axes: Axes, trace: Trace, objective: Objective | None, styles: Sequence[Style]) -> None:
    """Draws gaps, or values if no minimum is known, over iterations."""
    known = objective is not None and objective.minimum is not None
    heights = gap(trace.values, objective) if objective is not None and known else trace.values
    bad = trace.diverged & (trace.iterations[:, None] >= trace.first_bad)
    heights = np.where(bad | ~(np.abs(heights) < HUGE), np.nan, heights)
    axes.set(xlabel="iteration", ylabel="gap to the minimum" if known else "value")
    if np.isnan(heights).all():
        axes.text(0.5, 0.5, "every descent diverged", ha="center", transform=axes.transAxes)
        axes.set_axis_off()
        return
    for number, style in styles:
        axes.plot(trace.iterations, heights[:, number], **style, marker="." if len(heights) == 1 else "")
    axes.set(yscale="log" if known else "linear")
    if trace.diverged.any() and not (known and trace.diverged.all()):
        _leave_room(axes, np.concatenate([heights[:, ~trace.diverged].ravel(), heights[0]]), known)
    if objective is not None and known:
        draw_floor(axes, gap_floor(objective))
    axes.grid(alpha=0.3)
    if trace.values.shape[1] > 1:
        axes.legend(fontsize=8)


def _leave_room(axes: Axes, heights: Array, log: bool) -> None:
    """Limits the y axis to these heights with a margin, so that diverging curves leave the panel at the top."""
    heights = heights[np.isfinite(heights)]
    if not heights.size:
        return
    low, high = heights.min(), heights.max()
    margin = (high - low) / 10 or max(abs(high), 1.0)
    axes.set_ylim((low / 2, high * 2) if log else (low - margin, high + margin))


def _names(trace: Trace, labels: Sequence[str] | None) -> list[str]:
    """What the legend calls each descent; those that diverged are marked."""
    count = trace.values.shape[1]
    given = [f"descent {number}" for number in range(count)] if labels is None else labels
    if isinstance(given, str) or not isinstance(given, Sequence) or [*map(type, given)] != [str] * count:
        raise InputError("labels", f"{count} texts, one per descent", labels)
    return [name + (" (diverged)" if lost else "") for name, lost in zip(given, trace.diverged, strict=True)]


def _styles(trace: Trace, names: Sequence[str]) -> Iterator[Style]:
    """The number and line style of each descent: a hue each for a few; of many, the median one is bold and last."""
    count = trace.values.shape[1]
    if count <= _FEW:
        for number in range(count):
            yield number, {"color": PALETTE[number], "linewidth": 1.4, "label": names[number]}
        return
    median = median_start(np.where(trace.diverged, np.inf, trace.values[-1]))
    for number in range(count):
        if number != median:
            yield number, {"color": PALETTE[0], "linewidth": 0.6, "alpha": max(0.15, min(0.5, 60 / count))}
    yield median, {"color": BEST, "linewidth": 2.0, "label": f"the median one of {count}"}
