"""The contour plot of one run: 50 filled levels, the path as white dots joined by a line.

The objective is drawn once per problem; a run's picture is that background with the paths over it.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, Normalize
from matplotlib.ticker import FormatStrFormatter

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.plots.objective import Landscape, landscape
from rmsprop_lab.plots.png import new_figure, pixels_of
from rmsprop_lab.plots.run_picture.encoding import LARGE, Picture, Pixels, picture_of, png_bytes
from rmsprop_lab.plots.run_picture.overlay import SIZE, TITLE, Backdrop, PathPainter
from rmsprop_lab.plots.run_picture.paths import in_plane


class ContourPainter:
    """Draws the runs of one objective from one set of starts `(d, S)`; d = 1 shows the curve of f itself."""

    def __init__(self, objective: Objective, starts: Array) -> None:
        self._objective = objective
        self.backdrop = backdrop_of(objective, starts)
        self._painter = PathPainter(self.backdrop)

    def png(self, points: Array, median: int, title: str) -> bytes:
        """The picture of one run, its points `(T, d, S)`; the start number `median` is brought out."""
        return png_bytes(self.pixels(points, median, title), LARGE)

    def picture(self, points: Array, median: int, title: str) -> Picture:
        """The same with its thumbnail."""
        return picture_of(self.pixels(points, median, title))

    def pixels(self, points: Array, median: int, title: str) -> Pixels:
        """The same before it is encoded; the next picture is drawn over it."""
        return self._painter.pixels(in_plane(points, self._objective), median, title)


def backdrop_of(objective: Objective, starts: Array) -> Backdrop:
    """All of a problem's pictures that is the same for every run; below the title there is room for two lines."""
    figure = new_figure(*SIZE)
    axes = figure.add_subplot()
    note, colour = "", "white"
    if objective.dim == 1:
        draw_curve(axes, objective, starts)
        colour = "black"
    else:
        scene = landscape(objective, window_of(objective, starts))
        draw_filled(axes, scene)
        draw_bar(axes, scene)
        note = f"\n{scene.slice_note}" if scene.slice_note else ""
    title = figure.suptitle(f"first\nsecond{note}", x=0.02, **TITLE)
    for artist in (title, *axes.spines.values()):
        artist.set_animated(True)  # has its room, but is not drawn
    pixels = pixels_of(figure).copy()
    window = np.array([axes.get_xlim(), axes.get_ylim()])
    return Backdrop(pixels, window, np.array(axes.get_position().extents), title.get_position(), note, colour)


def draw_filled(axes: Axes, scene: Landscape, cmap: str | Colormap = "jet") -> None:
    """The filled contour plot with its coordinate labels."""
    axes.contourf(scene.x, scene.y, scene.values, levels=scene.levels, cmap=cmap, norm=_norm(scene))
    axes.set(xlim=scene.window[:2], ylim=scene.window[2:], xlabel="x", ylabel="y")
    axes.tick_params(labelsize=8)


def draw_bar(axes: Axes, scene: Landscape, cmap: str = "jet") -> None:
    """The colour bar of a filled contour plot, with about eight of its levels named."""
    mark = ScalarMappable(_norm(scene), cmap)
    figure = axes.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(mark, ax=axes, ticks=scene.levels[1 if scene.log else 0 :: 7])
    bar.ax.minorticks_off()
    bar.ax.tick_params(labelsize=8)
    bar.ax.yaxis.set_major_formatter(FormatStrFormatter("%.3g"))


def draw_curve(axes: Axes, objective: Objective, starts: Array) -> None:
    """f over its bounds, for one dimension."""
    low, high = min(objective.bounds[0, 0], starts.min()), max(objective.bounds[0, 1], starts.max())
    x = np.linspace(low, high, 501)
    axes.plot(x, objective.value(x[None]), color="#9AA0A6", linewidth=3)
    axes.set(xlim=(low, high), xlabel="x", ylabel="f(x)")
    axes.set_ylim(*axes.get_ylim())


def _norm(scene: Landscape) -> Normalize:
    """Every level its own colour, however the levels are spaced."""
    if scene.log:
        return BoundaryNorm(scene.levels, 256)
    return Normalize(scene.levels[0], scene.levels[-1])
