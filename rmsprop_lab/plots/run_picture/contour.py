"""Draws the contour plot of a run: 50 filled levels, and the paths as white dots joined by lines."""

import numpy as np
from matplotlib.text import Text

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.plots.encoding import Picture, Pixels, picture_of, small_png
from rmsprop_lab.plots.figure import new_figure, pixels_of
from rmsprop_lab.plots.objective import draw_bar, draw_curve, draw_filled, scene_of
from rmsprop_lab.plots.palette import run_palette
from rmsprop_lab.plots.paths import in_plane
from rmsprop_lab.plots.run_picture import title
from rmsprop_lab.plots.run_picture.overlay import SIZE, Backdrop, PathPainter
from rmsprop_lab.plots.shading import DEEP, Shading
from rmsprop_lab.plots.signs import mark_minimizers

_LEAVES = "✖ where a path leaves for good"


class ContourPainter:
    """Draws the runs of one problem. In one dimension it shows the objective as a curve.

    Args:
        objective: The objective.
        starts: The starts of every run, `(d, S)`.
        shading: The colours of the objective.
    """

    def __init__(self, objective: Objective, starts: Array, shading: Shading = DEEP) -> None:
        self.objective = objective
        self.backdrop = backdrop_of(objective, starts, shading)
        self.palette = run_palette(shading.colours)
        self._painter = PathPainter(self.backdrop)

    def png(self, points: Array, median: int, title: str) -> bytes:
        """Draws one run as a PNG.

        Args:
            points: The points of all its starts, `(T, d, S)`.
            median: Number of the start whose path is bold.
            title: The title, in one line or two.
        """
        return small_png(self.pixels(points, median, title), self.palette)

    def picture(self, points: Array, median: int, title: str, crosses: bool = True) -> Picture:
        """Draws one run as a PNG with a thumbnail; `crosses` mark paths that leave; the others are those of `png`."""
        return picture_of(self.pixels(points, median, title, crosses), self.palette)

    def pixels(self, points: Array, median: int, title: str, crosses: bool = True) -> Pixels:
        """Draws one run as pixels, which the next run overwrites; the arguments are those of `picture`."""
        return self._painter.pixels(in_plane(points, self.objective), median, title, crosses)


def backdrop_of(objective: Objective, starts: Array, shading: Shading = DEEP) -> Backdrop:
    """Draws what all runs of a problem share, with space for a title of two lines.

    Args:
        objective: The objective.
        starts: The starts of every run, `(d, S)`; all of them are visible.
        shading: The colours of the objective.
    """
    figure = new_figure(*SIZE)
    axes = figure.add_subplot()
    note, colour = "", "white"
    if objective.dim == 1:
        draw_curve(axes, objective, starts)
        colour = "black"
    else:
        scene = scene_of(objective, window_of(objective, starts), shading)
        draw_filled(axes, scene)
        draw_bar(axes, scene)
        note = f"\n{scene.note()}" if scene.note() else ""
    if not shading.as_tutorial:
        signs = ["☆ minimizer"] * mark_minimizers(axes, objective) + [_LEAVES]
        axes.set_xlabel(f"x\n{',  '.join(signs)}")
    text = figure.suptitle(
        f"first\nsecond{note}", x=0.02, ha="left", va="top", fontsize=title.SIZE, linespacing=title.SPACING
    )
    for artist in (text, *axes.spines.values()):
        artist.set_animated(True)  # takes its space, but is not drawn
    pixels = pixels_of(figure).copy()
    window = np.array([axes.get_xlim(), axes.get_ylim()])
    return Backdrop(pixels, window, np.array(axes.get_position().extents), _room(text, pixels), note, colour)


def _room(text: Text, pixels: Pixels) -> tuple[slice, slice]:
    """The rows and columns of a text, with equal margins to the left and right border."""
    height, width = pixels.shape[:2]
    left, bottom, _, top = text.get_window_extent().extents
    return slice(int(height - top), int(height - bottom) + 2), slice(round(left), width - round(left))
