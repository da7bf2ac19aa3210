"""Draws paths over a picture that is drawn once: 5 ms per run instead of 150 ms or more for the whole picture."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from rmsprop_lab.base import Array
from rmsprop_lab.plots.encoding import Pixels
from rmsprop_lab.plots.paths import path_in
from rmsprop_lab.plots.run_picture.title import write_title

SIZE, DPI = (5.2, 4.4), 100  # inches, dots per inch
FAINT: dict[str, Any] = {"linewidth": 0.6, "markersize": 1.5, "alpha": 0.35}
BOLD: dict[str, Any] = {"linewidth": 1.2, "markersize": 5.0}
LOST: dict[str, Any] = {"marker": "X", "markersize": 7.0, "mec": "black", "mew": 0.8, "ls": "none", "clip_on": False}


@dataclass(frozen=True, eq=False)
class Backdrop:
    """The part of a picture that all runs of a problem share: everything but paths, axes' frame and title.

    Args:
        pixels: The picture, `(height, width, 4)`.
        window: The limits of x and y, `(2, 2)`.
        frame: Left, bottom, right and top of the axes, as shares of the figure, `(4,)`.
        title_room: The rows and columns of the title.
        note: A last line of the title, with its line break; may be empty.
        colour: Colour of the paths.
    """

    pixels: Pixels
    window: Array
    frame: Array
    title_room: tuple[slice, slice]
    note: str
    colour: str


class PathPainter:
    """Draws the runs of one problem over its backdrop; the pictures equal those that matplotlib draws as a whole."""

    def __init__(self, backdrop: Backdrop) -> None:
        self._backdrop = backdrop
        figure = Figure(figsize=SIZE, dpi=DPI)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_position(Bbox.from_extents(*backdrop.frame))
        axes.set(xlim=backdrop.window[0], ylim=backdrop.window[1], autoscale_on=False)
        (self._others,) = axes.plot([], [], ".-", color=backdrop.colour, **FAINT)
        (self._median,) = axes.plot([], [], ".-", color=backdrop.colour, **BOLD)
        (self._lost,) = axes.plot([], [], color=backdrop.colour, **LOST)
        self._artists = [self._others, self._median, *axes.spines.values()]
        self._canvas = RendererAgg(backdrop.pixels.shape[1], backdrop.pixels.shape[0], DPI)
        self._pixels: Pixels = np.asarray(self._canvas.buffer_rgba())

    def pixels(self, plane: Array, median: int, title: str, crosses: bool = True) -> Pixels:
        """Draws one run as pixels `(height, width, 4)`, which the next run overwrites.

        Args:
            plane: The points of all its starts in the plane, `(T, 2, S)`.
            median: Number of the start whose path is bold.
            title: The title, without the backdrop's note.
            crosses: Whether crosses mark where paths leave for good, which the first part of a run cannot say.
        """
        paths, left_at = zip(*(path_in(path, self._backdrop.window) for path in np.moveaxis(plane, 2, 0)), strict=True)
        others = [path for index, path in enumerate(paths) if index != median]
        between = np.full((1, 2), np.nan)  # lifts the pen
        joined = np.concatenate([piece for path in others for piece in (path, between)] or [between])
        self._others.set_data(*joined.T)
        self._median.set_data(*paths[median].T)
        gone = [at for at in left_at if at is not None and crosses]
        if gone:
            self._lost.set_data(*np.array(gone).T)
        self._pixels[...] = self._backdrop.pixels
        for artist in [*self._artists, *([self._lost] if gone else [])]:
            artist.draw(self._canvas)
        write_title(self._pixels[self._backdrop.title_room], title + self._backdrop.note, DPI)
        return self._pixels
