"""Draws an objective as the tutorial does: a surface in 3-D and a filled contour plot."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, LinearSegmentedColormap, Normalize
from matplotlib.ticker import FormatStrFormatter

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.errors import raised
from rmsprop_lab.plots.colours import GREY
from rmsprop_lab.plots.figure import new_figure, png_of, shortened

LEVELS = 50
PALE = LinearSegmentedColormap.from_list("pale", ["#FFFFFF", GREY])
"""A colour map that leaves the hues of optimizers visible."""
_ASKED_FIRST = 97  # points of a mesh whose objective raises errors
_SKEWED = 0.2  # if the median gap is below this share of the largest, even levels would show almost one colour


def surface_png(objective: Objective, name: str) -> bytes:
    """Draws the surface over the plot window in `jet`, sampled at 21 x 21 points: every 0.1 for the bowl."""
    scene = scene_of(objective, window_of(objective), n=21)
    figure = new_figure(5.6, 4.8)
    axes = figure.add_subplot(projection="3d")
    draw_surface(axes, scene)
    axes.set(xlabel="x", ylabel="y")
    axes.tick_params(labelsize=7, pad=0)
    axes.set_title(_title(shortened(name), scene.slice_note), parse_math=False)
    return png_of(figure)


def contour_png(objective: Objective, name: str) -> bytes:
    """Draws the filled contour plot over the plot window, with 50 levels in `jet`."""
    scene = scene_of(objective, window_of(objective))
    figure = new_figure(5.2, 4.4)
    axes = figure.add_subplot()
    draw_filled(axes, scene)
    draw_bar(axes, scene)
    axes.set_title(_title(shortened(name), scene.slice_note), parse_math=False)
    return png_of(figure)


def _title(name: str, note: str) -> str:
    return f"{name}\n{note.partition(',')[0]}" if note else name


@dataclass(frozen=True, eq=False)
class Scene:
    """An objective, sampled over a window of its first two coordinates.

    Args:
        x: First coordinates, `(n,)`.
        y: Second coordinates, `(n,)`.
        values: The objective, `(n, n)`, a row for each y.
        levels: Boundaries of the filled levels, `(LEVELS + 1,)`.
        log: Whether the levels are even in the log of the gap instead of the value, which shows narrow valleys.
        slice_note: For more than two dimensions, says how the other coordinates are chosen; else empty.
    """

    x: Array
    y: Array
    values: Array
    levels: Array
    log: bool
    slice_note: str

    @property
    def norm(self) -> Normalize:
        """The mapping from values to colours, in which every level has its own colour."""
        return BoundaryNorm(self.levels, 256) if self.log else Normalize(self.levels[0], self.levels[-1])


def scene_of(objective: Objective, window: Array, n: int = 201) -> Scene:
    """Samples an objective.

    Args:
        objective: An objective with at least two dimensions.
        window: The range of the first two coordinates, `(2, 2)`, a row (low, high) for each.
        n: Number of points along each axis.
    """
    x, y = (np.linspace(low, high, n) for low, high in window)
    mesh = np.empty((objective.dim, n, n))
    mesh[0], mesh[1] = np.meshgrid(x, y)
    note = ""
    if objective.dim > 2:
        centre, note = _centre(objective)
        mesh[2:] = centre[2:, None, None]
    values = _values(objective, mesh)
    return Scene(x, y, values, *_levels(values, objective.minimum), note)


def draw_surface(axes: Any, scene: Scene) -> None:
    """Draws the surface in `jet` on 3-D axes."""
    axes.plot_surface(*np.meshgrid(scene.x, scene.y), scene.values, cmap="jet")


def draw_filled(axes: Axes, scene: Scene, cmap: str | Colormap = "jet") -> None:
    """Draws the filled contour plot and labels its coordinates."""
    axes.contourf(scene.x, scene.y, scene.values, levels=scene.levels, cmap=cmap, norm=scene.norm)
    axes.set(xlim=scene.x[[0, -1]], ylim=scene.y[[0, -1]], xlabel="x", ylabel="y")
    axes.tick_params(labelsize=8)


def draw_bar(axes: Axes, scene: Scene, cmap: str = "jet") -> None:
    """Draws the colour bar of a filled contour plot, with about eight labels."""
    mark = ScalarMappable(scene.norm, cmap)
    figure = axes.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(mark, ax=axes, ticks=scene.levels[1 if scene.log else 0 :: 7])
    bar.ax.minorticks_off()
    bar.ax.tick_params(labelsize=8)
    bar.ax.yaxis.set_major_formatter(FormatStrFormatter("%.3g"))


def shown_range(objective: Objective, starts: Array) -> Array:
    """The range of the coordinates that a run's picture shows, `(1, 2)` or `(2, 2)`, with all starts `(d, S)`."""
    if objective.dim > 1:
        return window_of(objective, starts)
    (low, high), *_ = objective.bounds
    return np.array([[min(low, starts.min()), max(high, starts.max())]])


def draw_curve(axes: Axes, objective: Objective, starts: Array) -> None:
    """Draws a one-dimensional objective over its bounds, extended to show all starts `(1, S)`."""
    ((low, high),) = shown_range(objective, starts)
    values = sampled_curve(objective, low, high)
    axes.plot(np.linspace(low, high, len(values)), values, color=GREY, linewidth=3)
    axes.set(xlim=(low, high), xlabel="x", ylabel="f(x)")
    axes.set_ylim(*axes.get_ylim())
    axes.tick_params(labelsize=8)


def sampled_curve(objective: Objective, low: float, high: float) -> Array:
    """The values of a one-dimensional objective at 501 points from `low` to `high`; NaN where its code fails."""
    return _values(objective, np.linspace(low, high, 501)[None])


def _values(objective: Objective, mesh: Array) -> Array:
    """The objective on the mesh; NaN where its code raises an error, as runs may never have been there."""
    with np.errstate(all="ignore"):
        try:
            return np.asarray(objective.value(mesh), dtype=np.float64)
        except BaseException as error:
            raised(error)
            values, points = np.full(mesh.shape[1:], np.nan), list(np.ndindex(mesh.shape[1:]))
            some = points[:: max(1, len(points) // _ASKED_FIRST)]
            if np.isnan([_value(objective, mesh[:, *at][:, None]) for at in some]).all():
                return values  # to ask everywhere may take minutes
            for at in points:
                values[at] = _value(objective, mesh[:, *at][:, None])
            return values


def _value(objective: Objective, point: Array) -> float:
    """The value at a point `(d, 1)`; NaN where the objective's code raises an error."""
    try:
        return float(np.asarray(objective.value(point)).item())
    except BaseException as error:
        raised(error)
        return float("nan")


def _centre(objective: Objective) -> tuple[Array, str]:
    if objective.minimizers is not None:
        return np.asarray(objective.minimizers)[:, 0], "slice through the minimizer, paths projected"
    return objective.bounds.mean(axis=1), "slice through the middle of the bounds, paths projected"


def _levels(values: Array, minimum: float | None) -> tuple[Array, bool]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return np.linspace(0.0, 1.0, LEVELS + 1), False
    low, high = float(finite.min()), float(finite.max())
    if high <= low:
        return np.linspace(low - 0.5, low + 0.5, LEVELS + 1), False
    gaps = finite - (low if minimum is None else minimum)
    if np.median(gaps) >= _SKEWED * gaps.max():
        return np.linspace(low, high, LEVELS + 1), False
    least = max(float(np.quantile(gaps[gaps > 0], 0.001)), gaps.max() * 1e-8)
    bounds = np.geomspace(least, gaps.max(), LEVELS) + (low if minimum is None else minimum)
    return np.concatenate([[min(low, bounds[0]) - 1e-12 * gaps.max()], bounds]), True
