"""A run's picture as pyplot draws it, all of it and every time: what the quick way is measured and tested against."""

import io

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Normalize

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.plots.objective import scene_of

FAINT = {"linewidth": 0.6, "markersize": 1.5, "alpha": 0.35}
BOLD = {"linewidth": 1.2, "markersize": 5}


def contour_by_pyplot(
    objective: Objective,
    starts: Array,
    points: Array,
    median: int,
    title: str,
    lost: Array | None = None,
    layout: str = "constrained",
) -> bytes:
    """A PNG; `points`: `(T, d, S)`; `lost`: `(n, 2)`, where a cross is drawn."""
    figure, axes = plt.subplots(figsize=(5.2, 4.4), dpi=100, layout=layout)
    if objective.dim == 1:
        colour = _curve(axes, objective, starts)
        plane = np.stack([points[:, 0], objective.value(points.swapaxes(0, 1))], axis=1)
    else:
        colour, plane = "white", points[:, :2]
        title += _levels(figure, axes, objective, starts)
    key = "☆ minimizer,  " if _stars(axes, objective) else ""
    axes.set_xlabel(f"x\n{key}✖ where a path leaves for good")
    others = [np.append(path, [[np.nan] * 2], axis=0) for s, path in enumerate(np.moveaxis(plane, 2, 0)) if s != median]
    if others:
        axes.plot(*np.concatenate(others).T, ".-", color=colour, **FAINT)
    axes.plot(*plane[:, :, median].T, ".-", color=colour, **BOLD)
    if lost is not None:
        (crosses,) = axes.plot(*lost.T, "X", color=colour, markersize=7, mec="black", mew=0.8, clip_on=False, zorder=3)
        crosses.set_in_layout(False)
    figure.suptitle(title, x=0.02, ha="left", va="top", fontsize=8.5, linespacing=1.2)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    plt.close(figure)
    return buffer.getvalue()


def _levels(figure, axes, objective: Objective, starts: Array) -> str:
    """Filled levels and their colour bar; what the title says of other coordinates."""
    scene = scene_of(objective, window_of(objective, starts))
    cmap, wide, high = scene.shading.colours, np.ptp(scene.x), np.ptp(scene.y)
    norm = BoundaryNorm(scene.levels, 256) if scene.log else Normalize(scene.levels[0], scene.levels[-1])
    axes.contourf(scene.x, scene.y, scene.values, levels=scene.levels, cmap=cmap, norm=norm)
    axes.set(xlim=(scene.x[0], scene.x[-1]), ylim=(scene.y[0], scene.y[-1]), xlabel="x", ylabel="y")
    axes.set_aspect("equal" if max(wide, high) <= 3 * min(wide, high) else "auto")
    axes.tick_params(labelsize=8)
    ticks = scene.levels[1 if scene.log else 0 :: 7]
    beside = axes.inset_axes((1.04, 0.0, 0.05, 1.0))
    bar = figure.colorbar(ScalarMappable(norm, cmap), cax=beside, ticks=ticks, format="%.3g")
    bar.ax.set_title("f", fontsize=9)
    bar.ax.minorticks_off()
    bar.ax.tick_params(labelsize=8)
    return f"\n{scene.note()}" if scene.note() else ""


def _stars(axes, objective: Objective) -> bool:
    if objective.minimizers is None:
        return False
    x, *others = objective.minimizers
    y = others[0] if others else np.full(len(x), objective.minimum)
    axes.plot(x, y, "*", color="white", mec="black", mew=0.9, ms=11)
    return True


def _curve(axes, objective: Objective, starts: Array) -> str:
    low, high = min(objective.bounds[0, 0], starts.min()), max(objective.bounds[0, 1], starts.max())
    x = np.linspace(low, high, 501)
    axes.plot(x, objective.value(x[None]), color="#9AA0A6", linewidth=3)
    axes.set(xlim=(low, high), xlabel="x", ylabel="f(x)")
    axes.set_ylim(*axes.get_ylim())
    axes.tick_params(labelsize=8)
    return "black"
