"""Creates empty figures without pyplot, and encodes finished ones as PNG."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from rmsprop_lab.plots.encoding import Pixels, png_bytes

LOG_TICKS = 10.0
"""The size in points of a logarithmic axis' numbers; their exponents are smaller by a third, and still legible."""
_STRETCHED = 3.0  # times wider than high, or higher than wide


class FreeFigure(Figure):
    """A figure without pyplot. A notebook shows it if it is the last value of a cell."""

    def _repr_png_(self) -> bytes:
        return png_of(self)


def new_figure(width: float, height: float) -> FreeFigure:
    """An empty figure; width and height in inches, at 100 dots per inch."""
    figure = FreeFigure(figsize=(width, height), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def set_title(figure: Figure, title: str, size: float = 12.0) -> None:
    """Writes a title above all panels, each of its lines wrapped to the figure's width."""
    figure.suptitle(wrapped(title, figure.get_figwidth(), size), fontsize=size, parse_math=False)


def wrapped(text: str, width: float, size: float) -> str:
    """Lines of a title, each wrapped to a width in inches for letters of a size in points."""
    characters = 72 * width / (0.63 * size)  # letters are narrower than 0.63 em on average
    return "\n".join(textwrap.fill(line, int(characters)) for line in text.splitlines())


def shortened(name: str, most: int = 34) -> str:
    """A name for a legend or a panel, which have no room for a hundred letters; its ends stay.

    >>> shortened("a" * 20 + "b" * 20, most=11)
    'aaaaa…bbbbb'
    """
    half = (most - 1) // 2
    return name if len(name) <= most else f"{name[:half]}…{name[-half:]}"


def is_stretched(wide: float, high: float) -> bool:
    """Whether a plane of these ranges is drawn with two scales, as one would leave too little of it to be seen.

    >>> is_stretched(2.0, 6.0), is_stretched(2.0, 10.0)
    (False, True)
    """
    return bool(max(wide, high) > _STRETCHED * min(wide, high))


def label_scores(panels: Sequence[Axes], scores: Sequence[str], form: str) -> None:
    """Labels the y axes of panels by their scores: the first alone if all have the same.

    Args:
        panels: The panels.
        scores: The name of each panel's score.
        form: A format with a place for the name.
    """
    each = len(set(scores)) > 1
    for axes, name in zip(panels if each else panels[:1], scores, strict=False):
        axes.set_ylabel(form.format(name))


def png_of(figure: Figure) -> bytes:
    """Draws a figure and encodes it."""
    return png_bytes(pixels_of(figure))


def pixels_of(figure: Figure) -> Pixels:
    """Draws a figure and returns its pixels, `(height, width, 4)`, a view of its canvas."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())
