"""Draws an objective: a surface in 3-D and a filled contour plot."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Normalize
from matplotlib.ticker import FormatStrFormatter, MaxNLocator

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.evaluation.sampling import sampled_curve, sampled_plane, shown_range
from rmsprop_lab.plots.colours import GREY
from rmsprop_lab.plots.figure import is_stretched, new_figure, png_of, shortened
from rmsprop_lab.plots.shading import DEEP, Shading
from rmsprop_lab.plots.signs import mark_minimizers

LEVELS = 50
_SKEWED = 0.2  # if the median gap is below this share of the largest, even levels would show almost one colour
_TICKS = 4  # of the plane below a surface that have room
_FACTOR = 2.0  # the least factor between gaps for levels in their log


def surface_png(objective: Objective, name: str, shading: Shading = DEEP) -> bytes:
    """Draws the surface over the plot window, sampled at 21 x 21 points: every 0.1 for the bowl."""
    scene = scene_of(objective, window_of(objective), shading, n=21)
    figure = new_figure(5.6, 4.8)
    axes = figure.add_subplot(projection="3d")
    draw_surface(axes, scene)
    axes.set(xlabel="x", ylabel="y")
    axes.tick_params(labelsize=7, pad=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(_TICKS))
    axes.set_title(_title(shortened(name), scene), parse_math=False)
    return png_of(figure)


def contour_png(objective: Objective, name: str, shading: Shading = DEEP) -> bytes:
    """Draws the filled contour plot over the plot window, with 50 levels."""
    scene = scene_of(objective, window_of(objective), shading)
    figure = new_figure(5.2, 4.4)
    axes = figure.add_subplot()
    draw_filled(axes, scene)
    draw_bar(axes, scene)
    if not shading.as_tutorial and mark_minimizers(axes, objective):
        axes.set_xlabel("x\n☆ minimizer")
    axes.set_title(_title(shortened(name), scene), parse_math=False)
    return png_of(figure)


def _title(name: str, scene: "Scene") -> str:
    return "\n".join([name, *filter(None, [scene.note(paths=False)])])


@dataclass(frozen=True, eq=False)
class Scene:
    """An objective, sampled over a window of its first two coordinates.

    Args:
        x: First coordinates, `(n,)`.
        y: Second coordinates, `(n,)`.
        values: The objective, `(n, n)`, a row for each y.
        levels: Boundaries of the filled levels, `(LEVELS + 1,)`.
        log: Whether the levels are even in the log of the gap instead of the value, which shows narrow valleys.
        shading: The colours.
        slice_note: For more than two dimensions, says how the other coordinates are chosen; else empty.
    """

    x: Array
    y: Array
    values: Array
    levels: Array
    log: bool
    shading: Shading
    slice_note: str

    @property
    def norm(self) -> Normalize:
        """The mapping from values to colours, in which every level has its own colour."""
        return BoundaryNorm(self.levels, 256) if self.log else Normalize(self.levels[0], self.levels[-1])

    @property
    def stretched(self) -> bool:
        """Whether the two coordinates have different scales."""
        return is_stretched(np.ptp(self.x), np.ptp(self.y))

    def note(self, paths: bool = True) -> str:
        """What a title says of the plane, in lines: how it is cut, that paths are projected, that it is stretched."""
        projected = ", paths projected" if paths else ""
        notes = [self.slice_note + projected] if self.slice_note else []
        return "\n".join(notes + ["axes to different scales"] * self.stretched)


def scene_of(objective: Objective, window: Array, shading: Shading = DEEP, n: int = 201) -> Scene:
    """Samples an objective.

    Args:
        objective: An objective with at least two dimensions.
        window: The range of the first two coordinates, `(2, 2)`, a row (low, high) for each.
        shading: Its colours and levels.
        n: Number of points along each axis.
    """
    x, y, values, note = sampled_plane(objective, window, n)
    return Scene(x, y, values, *_levels(values, objective.minimum, shading.as_tutorial), shading, note)


def draw_surface(axes: Any, scene: Scene) -> None:
    """Draws the surface on 3-D axes."""
    norm = None if scene.shading.as_tutorial else scene.norm
    axes.plot_surface(*np.meshgrid(scene.x, scene.y), scene.values, cmap=scene.shading.colours, norm=norm)
    if not scene.stretched:
        wide, high = np.ptp(scene.x), np.ptp(scene.y)
        zoom = 1.0 if wide == high else 0.85  # a long box would leave the picture
        axes.set_box_aspect((wide, high, 0.75 * max(wide, high)), zoom=zoom)


def draw_filled(axes: Axes, scene: Scene) -> None:
    """Draws the filled contour plot and labels its coordinates, which have one scale unless it is stretched."""
    cmap = scene.shading.colours
    axes.contourf(scene.x, scene.y, scene.values, levels=scene.levels, cmap=cmap, norm=scene.norm)
    axes.set(xlim=scene.x[[0, -1]], ylim=scene.y[[0, -1]], xlabel="x", ylabel="y")
    axes.set_aspect("auto" if scene.stretched else "equal")
    axes.tick_params(labelsize=8)


def draw_bar(axes: Axes, scene: Scene) -> None:
    """Draws the colour bar of a filled contour plot, as high as the plot, with about eight labels."""
    mark = ScalarMappable(scene.norm, scene.shading.colours)
    figure = axes.get_figure(root=True)
    assert figure is not None
    place = axes.inset_axes((1.04, 0.0, 0.05, 1.0))
    bar = figure.colorbar(mark, cax=place, ticks=scene.levels[1 if scene.log else 0 :: 7])
    bar.ax.minorticks_off()
    bar.ax.tick_params(labelsize=8)
    bar.ax.yaxis.set_major_formatter(FormatStrFormatter("%.3g"))
    bar.ax.set_title("f", fontsize=9)


def draw_curve(axes: Axes, objective: Objective, starts: Array) -> None:
    """Draws a one-dimensional objective over its bounds, extended to show all starts `(1, S)`."""
    ((low, high),) = shown_range(objective, starts)
    values = sampled_curve(objective, low, high)
    axes.plot(np.linspace(low, high, len(values)), values, color=GREY, linewidth=3)
    axes.set(xlim=(low, high), xlabel="x", ylabel="f(x)")
    axes.set_ylim(*axes.get_ylim())
    axes.tick_params(labelsize=8)


def _levels(values: Array, minimum: float | None, as_tutorial: bool) -> tuple[Array, bool]:
    """The boundaries of the levels, and whether they are even in the log of the gap."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return np.linspace(0.0, 1.0, LEVELS + 1), False
    low, high = float(finite.min()), float(finite.max())
    if high <= low:
        return np.linspace(low - 0.5, low + 0.5, LEVELS + 1), False
    gaps = finite - (low if minimum is None else minimum)
    least = max(float(np.quantile(gaps[gaps > 0], 0.001)), gaps.max() * 1e-8) if gaps.max() > 0 else np.inf
    prefers_even = as_tutorial or minimum is None
    if (prefers_even and np.median(gaps) >= _SKEWED * gaps.max()) or gaps.max() < _FACTOR * least:
        return np.linspace(low, high, LEVELS + 1), False
    bounds = np.geomspace(least, gaps.max(), LEVELS) + (low if minimum is None else minimum)
    return np.concatenate([[min(low, bounds[0]) - 1e-12 * gaps.max()], bounds]), True
