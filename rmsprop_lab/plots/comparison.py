"""Compares the best run of each optimizer: their paths on one contour plot, and their gaps over iterations."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.gaps import gap, gap_floor
from rmsprop_lab.evaluation.quantiles import median_start, quartiles
from rmsprop_lab.plots.colours import marks
from rmsprop_lab.plots.figure import LOG_TICKS, label_scores, new_figure, png_of, set_title, shortened
from rmsprop_lab.plots.objective import draw_curve, draw_filled, scene_of
from rmsprop_lab.plots.paths import in_plane, path_in
from rmsprop_lab.plots.scales import HUGE, scale_values
from rmsprop_lab.plots.shading import PALE
from rmsprop_lab.plots.signs import (
    BAND,
    DIVERGED,
    LEAVES,
    LEFT,
    LOST,
    MINIMIZER,
    draw_floor,
    key_below,
    mark_minimizers,
)

_LETTERS, _MOST = 44, 130  # of a line of a legend, and of its whole text
_LINE = 0.17  # inches of a line of a legend


@dataclass(frozen=True, eq=False)
class Panel:
    """The column of one objective.

    Args:
        name: The objective's name.
        objective: The objective.
        starts: The starts of all runs, `(d, S)`.
        traces: The trace of each optimizer's best run, the best optimizer first.
        labels: The legend's text for each optimizer.
    """

    name: str
    objective: Objective
    starts: Array
    traces: Mapping[str, Trace]
    labels: Mapping[str, str]


def comparison_png(panels: Sequence[Panel], hues: Mapping[str, str], title: str) -> bytes:
    """Draws one column per objective: at the top the paths from one start, below the median and quartiles of the gap.

    Args:
        panels: The columns; at least one.
        hues: The hue of each optimizer.
        title: The figure's title.
    """
    texts = [{name: legend_text(panel.labels[name]) for name in panel.traces} for panel in panels]
    lines = max(sum(1 + text.count("\n") for text in each.values()) for each in texts)
    figure = new_figure(max(4.2 * len(panels), 5.5), 7.8 + _LINE * lines)
    axes = figure.subplots(2, len(panels), squeeze=False)
    signs: dict[str, Line2D | Patch] = {}
    for (top, bottom), panel, labels in zip(axes.T, panels, texts, strict=True):
        found = [*_draw_paths(top, panel, hues), *_draw_gaps(bottom, panel, hues, labels)]
        signs |= {str(sign.get_label()): sign for sign in found}
    shown = ["value" if panel.objective.minimum is None else "gap to the minimum" for panel in panels]
    label_scores(axes[1], shown, "{} (median)")
    key_below(figure, list(signs.values()))
    set_title(figure, title)
    return png_of(figure)


def legend_text(label: str, letters: int = _LETTERS) -> str:
    """A legend's text in lines of so many letters."""
    return textwrap.fill(shortened(label, _MOST), letters, subsequent_indent="   ")


def _draw_paths(axes: Axes, panel: Panel, hues: Mapping[str, str]) -> list[Line2D]:
    """Draws the path of each optimizer; returns the signs to explain."""
    if panel.objective.dim == 1:
        draw_curve(axes, panel.objective, panel.starts)
        note = ""
    else:
        scene = scene_of(panel.objective, window_of(panel.objective, panel.starts), PALE)
        draw_filled(axes, scene)
        note = f"\n{scene.note()}" if scene.note() else ""
    # All optimizers show the same start: the one from which the best optimizer reaches its median value.
    shown = median_start(next(iter(panel.traces.values())).values[-1])
    window, leaves, marked = np.array([axes.get_xlim(), axes.get_ylim()]), False, marks(hues)
    for name, trace in panel.traces.items():
        plane = in_plane(trace.points[:, :, shown : shown + 1], panel.objective)[:, :, 0]
        path, left_at = path_in(plane, window)
        axes.plot(*path.T, f"{marked[name] or '.'}-", color=hues[name], linewidth=1.2, markersize=4, label=name)
        if left_at is not None:
            leaves = True
            axes.plot(*left_at, color=hues[name], **LEFT)
    starred = mark_minimizers(axes, panel.objective)
    axes.set_title(shortened(panel.name) + note, fontsize=11, parse_math=False)
    return [MINIMIZER] * starred + [LEAVES] * leaves


def _draw_gaps(axes: Axes, panel: Panel, hues: Mapping[str, str], labels: Mapping[str, str]) -> list[Line2D | Patch]:
    """Draws the median gap of each optimizer, or its value; returns the signs to explain."""
    known = panel.objective.minimum is not None
    marked = marks(hues)
    for name, trace in panel.traces.items():
        _draw_curve(axes, trace, panel.objective, hues[name], marked[name], labels[name])
    if not known:
        scale_values(axes, np.concatenate([line.get_ydata() for line in axes.lines]))
    drawable = any(np.isfinite(line.get_ydata()).any() for line in axes.lines)
    axes.set(xlabel="iteration", **({"yscale": "log"} if known and drawable else {}))
    if not drawable:
        axes.text(0.5, 0.5, "every run diverged", ha="center", transform=axes.transAxes)
        axes.set_axis_off()
        return []
    lost = [name for name, trace in panel.traces.items() if 2 * trace.diverged.sum() > len(trace.diverged)]
    for name in lost:  # a mark where its median would leave the chart
        trace = panel.traces[name]
        gone = float(np.median(trace.first_bad[trace.diverged]))
        axes.plot(gone, 0.97, color=hues[name], transform=axes.get_xaxis_transform(), label="_lost", **LOST)
    axes.tick_params(labelsize=8)
    if known:
        draw_floor(axes, gap_floor(panel.objective))
        axes.tick_params(axis="y", labelsize=LOG_TICKS)
    axes.grid(alpha=0.3)
    legend_below_axes(axes, -0.17)
    several = panel.starts.shape[1] > 1
    return [BAND] * several + [DIVERGED] * bool(lost)


def legend_below_axes(axes: Axes, at: float) -> None:
    """Names the lines of a panel below it, so far down as a share of its height."""
    legend = axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(-0.12, at), frameon=False)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _draw_curve(axes: Axes, trace: Trace, objective: Objective, hue: str, mark: str, label: str) -> None:
    """The median of a run's gaps, or values, over its starts, in a band from quartile to quartile."""
    low, median, high = quartile_curves(trace, objective)
    axes.plot(trace.iterations, median, color=hue, marker=mark, markevery=0.2, label=label)
    axes.fill_between(trace.iterations, low, np.where(np.isnan(high), median, high), color=hue, alpha=0.15)


def quartile_curves(trace: Trace, objective: Objective) -> tuple[Array, Array, Array]:
    """The quartiles of a run's gaps over its starts, or of its values if no minimum is known.

    Returns:
        The lower quartile, the median and the upper one, `(T,)` each; NaN where they cannot be drawn.
    """
    values = trace.values if objective.minimum is None else gap(trace.values, objective)
    found = quartiles(values, trace.diverged)
    low, median, high = np.where(np.abs(found) < HUGE, found, np.nan)
    return low, median, high
