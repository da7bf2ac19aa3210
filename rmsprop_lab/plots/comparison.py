"""Compares the best run of each optimizer: their paths on one contour plot, and their gaps over iterations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.gaps import gap
from rmsprop_lab.evaluation.quantiles import QUARTILES, median_start, over_starts
from rmsprop_lab.plots.figure import label_scores, new_figure, png_of, set_title, shortened
from rmsprop_lab.plots.objective import PALE, draw_curve, draw_filled, scene_of
from rmsprop_lab.plots.paths import in_plane, path_in
from rmsprop_lab.plots.scales import HUGE, scale_values


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
    figure = new_figure(max(4.2 * len(panels), 5.5), 7.6)
    axes = figure.subplots(2, len(panels), squeeze=False)
    for (top, bottom), panel in zip(axes.T, panels, strict=True):
        _draw_paths(top, panel, hues)
        _draw_gaps(bottom, panel, hues)
    shown = ["value" if panel.objective.minimum is None else "gap to the minimum" for panel in panels]
    label_scores(axes[1], shown, "{} (median, quartiles)")
    set_title(figure, title)
    return png_of(figure)


def _draw_paths(axes: Axes, panel: Panel, hues: Mapping[str, str]) -> None:
    if panel.objective.dim == 1:
        draw_curve(axes, panel.objective, panel.starts)
        note = ""
    else:
        scene = scene_of(panel.objective, window_of(panel.objective, panel.starts))
        draw_filled(axes, scene, cmap=PALE)
        note = f"\n{scene.slice_note}" if scene.slice_note else ""
    # All optimizers show the same start: the one from which the best optimizer reaches its median value.
    shown = median_start(next(iter(panel.traces.values())).values[-1])
    for name, trace in panel.traces.items():
        plane = in_plane(trace.points[:, :, shown : shown + 1], panel.objective)[:, :, 0]
        path, _ = path_in(plane, np.array([axes.get_xlim(), axes.get_ylim()]))
        axes.plot(*path.T, ".-", color=hues[name], linewidth=1.2, markersize=4, label=name)
    if panel.objective.minimizers is not None and panel.objective.dim > 1:
        axes.plot(*np.asarray(panel.objective.minimizers)[:2], "*", color="white", markeredgecolor="black", ms=11)
    axes.set_title(shortened(panel.name) + note, fontsize=11, parse_math=False)


def _draw_gaps(axes: Axes, panel: Panel, hues: Mapping[str, str]) -> None:
    known = panel.objective.minimum is not None
    for name, trace in panel.traces.items():
        values = gap(trace.values, panel.objective) if known else trace.values
        worst = np.where(np.isnan(values) | trace.diverged, np.inf, values)
        low, median, high = (over_starts(worst, 1, share)[:, 0] for share in QUARTILES.values())
        low, median, high = (_finite(curve) for curve in (low, median, high))
        axes.plot(trace.iterations, median, color=hues[name], label=shortened(panel.labels[name]))
        axes.fill_between(trace.iterations, low, np.where(np.isnan(high), median, high), color=hues[name], alpha=0.15)
    if not known:
        scale_values(axes, np.concatenate([line.get_ydata() for line in axes.lines]))
    drawable = any(np.isfinite(line.get_ydata()).any() for line in axes.lines)
    axes.set(xlabel="iteration", **({"yscale": "log"} if known and drawable else {}))
    if not drawable:
        axes.text(0.5, 0.5, "every run diverged", ha="center", transform=axes.transAxes)
        axes.set_axis_off()
        return
    for name, trace in panel.traces.items():
        if 2 * trace.diverged.sum() > len(trace.diverged):  # lost: a mark where its median would leave the chart
            gone = float(np.median(trace.first_bad[trace.diverged]))
            axes.plot(gone, 0.97, "x", color=hues[name], transform=axes.get_xaxis_transform(), label="_lost")
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)


def _finite(curve: Array) -> Array:
    return np.where(np.abs(curve) < HUGE, curve, np.nan)
