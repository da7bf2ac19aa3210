"""Pictures of an objective: the tutorial's surface in 3-D and its filled contour plot."""

import contextlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, LinearSegmentedColormap, Normalize
from matplotlib.ticker import FormatStrFormatter

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.plots.colours import GREY
from rmsprop_lab.plots.figure import new_figure, png_of

LEVELS = 50
PALE = LinearSegmentedColormap.from_list("pale", ["#FFFFFF", GREY])
"""A colour map in front of which hues are told apart."""
_SKEWED = 0.2  # a median gap below this share of the largest: equal steps in value would show one colour


def surface_png(objective: Objective, name: str) -> bytes:
    """A 3-D surface over the plot window in `jet`, sampled at a twentieth of it: every 0.1 for the bowl."""
    scene = scene_of(objective, window_of(objective), n=21)
    figure = new_figure(5.6, 4.8)
    axes = figure.add_subplot(projection="3d")
    draw_surface(axes, scene)
    axes.set(xlabel="x", ylabel="y")
    axes.tick_params(labelsize=7, pad=0)
    axes.set_title(_title(name, scene.slice_note), parse_math=False)
    return png_of(figure)


def contour_png(objective: Objective, name: str) -> bytes:
    """The filled contour plot with 50 levels in `jet`."""
    scene = scene_of(objective, window_of(objective))
    figure = new_figure(5.2, 4.4)
    axes = figure.add_subplot()
    draw_filled(axes, scene)
    draw_bar(axes, scene)
    axes.set_title(_title(name, scene.slice_note), parse_math=False)
    return png_of(figure)


def _title(name: str, note: str) -> str:
    return f"{name}\n{note.partition(',')[0]}" if note else name


@dataclass(frozen=True, eq=False)
class Scene:
    """An objective over a window of its first two coordinates.

    `x`, `y`: `(n,)`; `values`: `(n, n)`, row per y; `levels`: `(LEVELS + 1,)` boundaries of the filled
    levels, evenly spaced in value, or in log gap where even steps would drown the valley (`log`);
    `slice_note`: what stands for the other coordinates when there are more than two, else empty.
    """

    x: Array
    y: Array
    values: Array
    levels: Array
    log: bool
    slice_note: str

    @property
    def norm(self) -> Normalize:
        """Gives every level its own colour, however the levels are spaced."""
        return BoundaryNorm(self.levels, 256) if self.log else Normalize(self.levels[0], self.levels[-1])


def scene_of(objective: Objective, window: Array, n: int = 201) -> Scene:
    """Samples the objective on n x n points of the window `(2, 2)`; needs two dimensions or more."""
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
    """Draws the colour bar of a filled contour plot, about eight of its levels named."""
    mark = ScalarMappable(scene.norm, cmap)
    figure = axes.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(mark, ax=axes, ticks=scene.levels[1 if scene.log else 0 :: 7])
    bar.ax.minorticks_off()
    bar.ax.tick_params(labelsize=8)
    bar.ax.yaxis.set_major_formatter(FormatStrFormatter("%.3g"))


def draw_curve(axes: Axes, objective: Objective, starts: Array) -> None:
    """Draws f of one dimension over its bounds, or further to show all starts `(1, S)`."""
    low, high = min(objective.bounds[0, 0], starts.min()), max(objective.bounds[0, 1], starts.max())
    x = np.linspace(low, high, 501)
    axes.plot(x, objective.value(x[None]), color=GREY, linewidth=3)
    axes.set(xlim=(low, high), xlabel="x", ylabel="f(x)")
    axes.set_ylim(*axes.get_ylim())
    axes.tick_params(labelsize=8)


def _values(objective: Objective, mesh: Array) -> Array:
    """f on the mesh; NaN at the points where its code raises an error, which a run may never have come to."""
    with np.errstate(all="ignore"):
        try:
            return np.asarray(objective.value(mesh), dtype=np.float64)
        except Exception:
            values = np.full(mesh.shape[1:], np.nan)
            for at in np.ndindex(values.shape):
                with contextlib.suppress(Exception):
                    values[at] = np.asarray(objective.value(mesh[:, *at][:, None])).item()
            return values


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
