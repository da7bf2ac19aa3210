"""From a figure to the bytes of a PNG."""

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image


def new_figure(width: float, height: float) -> Figure:
    """A figure of its own, with the Agg canvas, in inches at 100 dots each."""
    figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def png_of(figure: Figure) -> bytes:
    """Draws the figure and encodes it."""
    figure.canvas.draw()
    return encode(figure)


def encode(figure: Figure) -> bytes:
    """Encodes what is on the figure's canvas, without drawing it again."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    image = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "png", compress_level=4)
    return buffer.getvalue()
