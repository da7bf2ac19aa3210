"""The contour plot of one run: 50 filled levels, the path as white dots joined by a line.

The objective is drawn once per problem; a run's picture is that background with the paths over it.
"""

import numpy as np
from matplotlib.text import Text

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.plots.encoding import Picture, Pixels, picture_of, small_png
from rmsprop_lab.plots.figure import new_figure, pixels_of
from rmsprop_lab.plots.objective import draw_bar, draw_curve, draw_filled, scene_of
from rmsprop_lab.plots.paths import in_plane
from rmsprop_lab.plots.run_picture import title
from rmsprop_lab.plots.run_picture.overlay import SIZE, Backdrop, PathPainter


class ContourPainter:
    """Draws the runs of one objective from one set of starts `(d, S)`; d = 1 shows the curve of f itself."""

    def __init__(self, objective: Objective, starts: Array) -> None:
        self._objective = objective
        self.backdrop = backdrop_of(objective, starts)
        self._painter = PathPainter(self.backdrop)

    def png(self, points: Array, median: int, title: str) -> bytes:
        """Draws one run: its points `(T, d, S)`, the start number `median` bold, the title in one line or two."""
        return small_png(self.pixels(points, median, title))

    def picture(self, points: Array, median: int, title: str) -> Picture:
        """Draws one run, with its thumbnail."""
        return picture_of(self.pixels(points, median, title))

    def pixels(self, points: Array, median: int, title: str) -> Pixels:
        """Draws one run without encoding it; the next run is drawn over it."""
        return self._painter.pixels(in_plane(points, self._objective), median, title)


def backdrop_of(objective: Objective, starts: Array) -> Backdrop:
    """Draws what all runs of a problem share; above the axes there is room for a title of two lines."""
    figure = new_figure(*SIZE)
    axes = figure.add_subplot()
    note, colour = "", "white"
    if objective.dim == 1:
        draw_curve(axes, objective, starts)
        colour = "black"
    else:
        scene = scene_of(objective, window_of(objective, starts))
        draw_filled(axes, scene)
        draw_bar(axes, scene)
        note = f"\n{scene.slice_note}" if scene.slice_note else ""
    text = figure.suptitle(
        f"first\nsecond{note}", x=0.02, ha="left", va="top", fontsize=title.SIZE, linespacing=title.SPACING
    )
    for artist in (text, *axes.spines.values()):
        artist.set_animated(True)  # has its room, but is not drawn
    pixels = pixels_of(figure).copy()
    window = np.array([axes.get_xlim(), axes.get_ylim()])
    return Backdrop(pixels, window, np.array(axes.get_position().extents), _room(text, pixels), note, colour)


def _room(text: Text, pixels: Pixels) -> tuple[slice, slice]:
    """The rows of a text, and its columns up to as far from the right border as it is from the left."""
    height, width = pixels.shape[:2]
    left, bottom, _, top = text.get_window_extent().extents
    return slice(int(height - top), int(height - bottom) + 2), slice(round(left), width - round(left))
