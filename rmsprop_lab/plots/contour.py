"""The contour plot of one run: 50 filled levels, the path as white dots joined by a line.

The objective is drawn once per problem; a run's picture is that background with the paths over it.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, Normalize
from matplotlib.lines import Line2D
from matplotlib.ticker import FormatStrFormatter

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.plots.landscape import Landscape, landscape, window_of
from rmsprop_lab.plots.png import encode, new_figure

_FAR = 20.0  # paths are cut this many window widths away: Agg cannot draw at 1e300


class ContourPainter:
    """Draws the runs of one objective from one set of starts `(d, S)`; d = 1 shows the curve of f itself."""

    def __init__(self, objective: Objective, starts: Array) -> None:
        self._objective = objective
        self._figure = new_figure(5.2, 4.4)
        self._axes = self._figure.add_subplot()
        if objective.dim == 1:
            draw_curve(self._axes, objective, starts)
            note = ""
        else:
            scene = landscape(objective, window_of(objective, starts))
            draw_filled(self._axes, scene)
            draw_bar(self._axes, scene)
            note = f"\n{scene.slice_note}" if scene.slice_note else ""
        self._note = note
        self._title = self._axes.set_title("first\nsecond" + note, fontsize=8.5, animated=True)
        self._others = self._line(linewidth=0.6, markersize=1.5, alpha=0.35)
        self._median = self._line(linewidth=1.2, markersize=5.0)
        for spine in self._axes.spines.values():
            spine.set_animated(True)
        canvas = self._figure.canvas
        assert isinstance(canvas, FigureCanvasAgg)
        canvas.draw()
        self._canvas, self._background = canvas, canvas.copy_from_bbox(self._figure.bbox)

    def png(self, points: Array, median: int, title: str) -> bytes:
        """The picture of one run, its points `(T, d, S)`; the start number `median` is brought out."""
        paths = plane_paths(points, self._objective, self._axes)
        others = [path for index, path in enumerate(paths) if index != median]
        gap_between = np.full((1, 2), np.nan)  # lifts the pen between one path and the next
        joined = np.concatenate([piece for path in others for piece in (path, gap_between)] or [gap_between])
        self._others.set_data(*joined.T)
        self._median.set_data(*paths[median].T)
        self._title.set_text(title + self._note)
        self._canvas.restore_region(self._background)
        for artist in (self._others, self._median, *self._axes.spines.values(), self._title):
            self._axes.draw_artist(artist)
        return encode(self._figure)

    def _line(self, linewidth: float, markersize: float, alpha: float = 1.0) -> Line2D:
        colour = "white" if self._objective.dim > 1 else "black"
        (line,) = self._axes.plot([], [], ".-", color=colour, linewidth=linewidth, markersize=markersize, alpha=alpha)
        line.set_animated(True)
        return line


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


def plane_paths(points: Array, objective: Objective, axes: Axes) -> list[Array]:
    """Each start's path as `(t, 2)` in the plane of `axes`, up to its first coordinate that is not finite."""
    if points.shape[1] == 1:
        with np.errstate(all="ignore"):
            plane = np.stack([points[:, 0], objective.value(points.swapaxes(0, 1))], axis=1)
    else:
        plane = points[:, :2]
    limits = np.array([axes.get_xlim(), axes.get_ylim()])
    reach = _FAR * (limits[:, 1] - limits[:, 0])
    low, high = (limits[:, 0] - reach)[:, None], (limits[:, 1] + reach)[:, None]
    paths = []
    for path in np.moveaxis(np.clip(plane, low, high), 2, 0):
        finite = np.isfinite(path).all(axis=1)
        paths.append(path if finite.all() else path[: finite.argmin()])
    return paths


def _norm(scene: Landscape) -> Normalize:
    """Every level its own colour, however the levels are spaced."""
    if scene.log:
        return BoundaryNorm(scene.levels, 256)
    return Normalize(scene.levels[0], scene.levels[-1])
