"""The title of a run's picture, drawn by Pillow in a tenth of the time that matplotlib takes for text."""

import functools
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rmsprop_lab.plots.encoding import Pixels

SIZE, SPACING = 8.5, 1.2  # points; from line to line, in sizes


def write_title(room: Pixels, title: str, dpi: int) -> None:
    """Writes lines of text from the top left of `room` `(height, width, 4)`, a white part of a picture.

    A line that is too long ends in an ellipsis; lines below the room are left out.
    """
    font, (height, width) = _font(SIZE * dpi / 72), room.shape[:2]
    sheet = Image.new("RGBA", (width, height), "white")
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(title.split("\n")):
        base = round((1.02 + SPACING * number) * font.size)  # where matplotlib has it
        if base + 0.25 * font.size <= height:
            pen.text((0, base), _fitting(line, font, width), "black", font, anchor="ls")
    np.minimum(room, np.asarray(sheet), out=room)


def _fitting(line: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    if font.getlength(line) <= width:
        return line
    line = line[:width]  # no more letters than pixels
    while line and font.getlength(line + "…") > width:
        line = line[:-1]
    return line + "…"


@functools.cache
def _font(pixels: float) -> ImageFont.FreeTypeFont:
    file = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    return ImageFont.truetype(str(file), pixels, layout_engine=ImageFont.Layout.BASIC)
