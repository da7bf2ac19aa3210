"""Pictures as arrays of pixels, and what was drawn where."""

import io
import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from rmsprop_lab.plots import figure as figures
from rmsprop_lab.plots import race
from rmsprop_lab.plots.run_picture import contour
from rmsprop_lab.plots.run_picture.overlay import Backdrop


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def is_hue(picture: np.ndarray, hue: str) -> np.ndarray:
    """Where a picture has exactly this hue."""
    return (picture == [int(hue[i : i + 2], 16) for i in (1, 3, 5)]).all(axis=-1)


def around(picture: np.ndarray, row: int, column: int, reach: int = 1) -> np.ndarray:
    """The pixels up to `reach` away from one."""
    return picture[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1]


def pixel_of(backdrop: Backdrop, point: np.ndarray) -> tuple[int, int]:
    """Row and column of a point of the plane in the picture of a run."""
    height, width = backdrop.pixels.shape[:2]
    low, high = backdrop.window.T
    left_bottom, right_top = backdrop.frame[:2], backdrop.frame[2:]
    across, up = left_bottom + (np.asarray(point) - low) / (high - low) * (right_top - left_bottom)
    return round(height * (1 - up) - 0.5), round(width * across - 0.5)


class Drawing(NamedTuple):
    """A figure that was drawn, its pixels, and where each text went, in pixels from the left and the bottom.

    `sizes`: that of the smallest letters of each text, in points.
    """

    picture: np.ndarray
    figure: Figure
    texts: dict[str, list[Bbox]]
    sizes: dict[str, float]

    def at(self, axes: Axes, x: float, y: float) -> tuple[int, int]:
        """Row and column of a point of the data."""
        across, up = axes.transData.transform((x, y))
        return round(self.picture.shape[0] - up - 0.5), round(across - 0.5)

    def has(self, axes: Axes, x: float, y: float, hue: str, reach: int = 1) -> bool:
        """Whether a point of the data has nearly this hue, or a pixel beside it: the borders of lines are blended."""
        here = around(self.picture, *self.at(axes, x, y), reach).astype(int)
        return bool((np.abs(here - [int(hue[i : i + 2], 16) for i in (1, 3, 5)]).max(axis=-1) < 40).any())

    def overlaps(self) -> list[tuple[str, str]]:
        """The texts that lie over each other, a pixel of their boxes apart."""
        boxes = [(text, box.padded(-1)) for text, several in self.texts.items() for box in several]
        return [(a[0], b[0]) for a, b in itertools.combinations(boxes, 2) if a[1].overlaps(b[1])]

    def cut_off(self) -> list[str]:
        """The texts that are not wholly in the picture."""
        height, width = self.picture.shape[:2]
        found = [(text, box.extents) for text, several in self.texts.items() for box in several]
        return [text for text, (x0, y0, x1, y1) in found if min(x0, y0) < -1 or x1 > width + 1 or y1 > height + 1]


def drawing_of(make: Callable[[], bytes]) -> Drawing:
    """Draws a figure, watched."""
    seen: list[Figure] = []
    texts: dict[str, list[Bbox]] = {}
    sizes: dict[str, float] = {}
    draw, pixels_of = Text.draw, figures.pixels_of

    def noted(text: Text, renderer: Any, *given: Any, **named: Any) -> None:
        draw(text, renderer, *given, **named)
        if text.get_visible() and text.get_text().strip():
            texts.setdefault(text.get_text(), []).append(text.get_window_extent(renderer))
            exponent = 0.7 if text.get_parse_math() and "^{" in text.get_text() else 1.0  # of matplotlib's
            sizes[text.get_text()] = exponent * float(text.get_fontsize())

    def watched(figure: Figure) -> np.ndarray:
        pixels_of(figure)  # the layout comes to rest
        texts.clear()
        seen.append(figure)
        return pixels_of(figure)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", noted)
        patch.setattr(figures, "pixels_of", watched)
        for module in (contour, race):
            patch.setattr(module, "pixels_of", watched)
        png = make()
    return Drawing(pixels(png), seen[-1], texts, sizes)
