"""From a figure to the bytes of a PNG."""

import textwrap

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from rmsprop_lab.plots.run_picture.encoding import Pixels, png_bytes


def new_figure(width: float, height: float) -> Figure:
    """A figure of its own, with the Agg canvas, in inches at 100 dots each."""
    figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def set_title(figure: Figure, title: str, size: float = 12.0) -> None:
    """A title above all panels, in as many lines as the figure's width asks for."""
    characters = 72 * figure.get_figwidth() / (0.58 * size)  # 0.58 em: a little more than letters are wide on average
    figure.suptitle(textwrap.fill(title, int(characters)), fontsize=size)


def png_of(figure: Figure) -> bytes:
    """Draws the figure and encodes it."""
    return png_bytes(pixels_of(figure))


def pixels_of(figure: Figure) -> Pixels:
    """Draws the figure: `(height, width, 4)`, of the canvas' own memory."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())
