"""Titles at a fraction of their price: words that have been drawn before are copied, pixel for pixel."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties, findfont, get_font
from numpy.typing import NDArray

_WORD = re.compile(r"\S+ *| +")
_NUMBER = re.compile(r"[\d.,e+-]*\d[\d.,e+-]* *")  # no two of these characters are kerned
_CHARACTER = re.compile(r"\S *")
_PLAIN = re.compile(r"[ -#%-\[\]-~]+")  # ASCII without $ and \, which begin mathematics
_MOST = 10_000  # tiles kept, of about 300 bytes
_MARGIN = 8  # pixels around a tile while it is drawn
_SAMPLE = "rosenbrock: adam, step_size 0.0123, beta1 0.9 (f = -4.56e-07, 18 starts)"


class Lettering(RendererAgg):
    """An Agg canvas that remembers the words of its left-aligned black text.

    Matplotlib hints, renders and blends every glyph anew, some 20 ms for a title of two lines. Here a word is drawn by
    matplotlib once per position within a pixel, a number digit by digit. Whatever is not plain, black and on white is
    left to matplotlib; so is all text where a sample does not come out the same, as with another version of matplotlib
    that places glyphs in another way.
    """

    def __init__(self, width: int, height: int, dpi: float) -> None:
        super().__init__(width, height, dpi)
        self.pixels: NDArray[np.uint8] = np.asarray(self.buffer_rgba())

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        if ismath or not _PLAIN.fullmatch(s) or not _agrees(self.dpi, prop):
            size: tuple[float, float, float] = super().get_text_width_height_descent(s, prop, ismath)
            return size
        return _typecase(self.dpi, prop).size(s)

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        plain = not ismath and angle == 0 and _PLAIN.fullmatch(s) and gc.get_rgb() == (0.0, 0.0, 0.0, 1.0)
        if not (plain and _agrees(self.dpi, prop) and self.copy_text(x, y, s, prop)):
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)

    def copy_text(self, x: float, y: float, s: str, prop: FontProperties) -> bool:
        """Puts the text together from tiles; False, and nothing is drawn, where there is no white room for it."""
        found = []
        for tile, column, up in _typecase(self.dpi, prop).line(s, round(64 * x), round(64 * (self.height - y))):
            height, row = len(tile.grey), int(self.height) - up
            if row < 0 or column < 0:
                return False
            room = self.pixels[row : row + height, column : column + tile.grey.shape[1]]
            if len(room) < height or room.min(initial=255) < 255:
                return False
            found.append((room, tile.grey[:, : room.shape[1], None]))  # cut off at the canvas' right edge
        for room, grey in found:
            room[..., :3] = grey
        return True


@dataclass(frozen=True)
class _Tile:
    """A piece of text as grey levels `(h, w)`, its first row `up` pixels above its origin, its first column `left`
    pixels to the right of it."""

    grey: NDArray[np.uint8]
    left: int
    up: int


class _Typecase:
    """The pieces of text of one font that have been drawn."""

    def __init__(self, dpi: float, prop: FontProperties) -> None:
        self._dpi, self._prop = dpi, prop.copy()
        self._tiles: dict[tuple[str, int, int], _Tile] = {}
        self._measures: dict[str, tuple[int, float, float]] = {}

    def line(self, s: str, x: int, y: int) -> Iterator[tuple[_Tile, int, int]]:
        """The tiles of a line, each with its first column and the height of its first row above the canvas' bottom.

        `x`, `y`: where the line begins, in 1/64 pixel, y upwards.
        """
        for word in _WORD.findall(s):
            row = self._row(_pieces(word), x, y)
            if any(left[1] + left[0].grey.shape[1] > right[1] for left, right in pairwise(row)):
                row = self._row([word], x, y)  # where two characters share a pixel, matplotlib blends them
            yield from row
            x += sum(self._measure(piece)[0] for piece in _pieces(word))

    def size(self, s: str) -> tuple[float, float, float]:
        """Width up to where a next word would begin, height, and descent."""
        measures = [self._measure(piece) for word in _WORD.findall(s) for piece in _pieces(word)]
        width, above, below = zip(*measures, strict=True)
        return sum(width) / 64, max(above) + max(below), max(below)

    def _row(self, pieces: list[str], x: int, y: int) -> list[tuple[_Tile, int, int]]:
        found = []
        for piece in pieces:
            key = piece, x % 64, y % 64
            if (tile := self._tiles.get(key)) is None:
                if len(self._tiles) >= _MOST:
                    self._tiles.clear()
                tile = self._tiles[key] = self._drawn(*key)
            found.append((tile, x // 64 + tile.left, y // 64 + tile.up))
            x += self._measure(piece)[0]
        return found

    def _measure(self, piece: str) -> tuple[int, float, float]:
        """How far the next piece is, in 1/64 pixel; pixels above and below the base line."""
        if piece not in self._measures:
            if len(self._measures) >= _MOST:
                self._measures.clear()
            font = get_font(findfont(self._prop))
            font.clear()
            font.set_size(self._prop.get_size_in_points(), self._dpi)
            advance = int(font.set_text(f"{piece}0", 0.0, flags=get_hinting_flag())[-1, 0])
            _, height, descent = RendererAgg(1, 1, self._dpi).get_text_width_height_descent(piece, self._prop, False)
            self._measures[piece] = advance, height - descent, descent
        return self._measures[piece]

    def _drawn(self, piece: str, x: int, y: int) -> _Tile:
        """By matplotlib, on a sheet of its own, `x` and `y` in 1/64 pixel off the grid."""
        height = 4 * _MARGIN + int(self._prop.get_size_in_points() * self._dpi / 72)
        sheet = RendererAgg(2 * _MARGIN + self._measure(piece)[0] // 64, height, self._dpi)
        pixels = np.asarray(sheet.buffer_rgba())
        pixels[...] = 255
        base = 2 * _MARGIN
        sheet.draw_text(sheet.new_gc(), _MARGIN + x / 64, height - base - y / 64, piece, self._prop, 0)
        rows, columns = np.nonzero(pixels[..., 0] < 255)
        if not rows.size:
            return _Tile(pixels[:0, :0, 0].copy(), 0, 0)
        top, left = int(rows.min()), int(columns.min())
        return _Tile(
            pixels[top : rows.max() + 1, left : columns.max() + 1, 0].copy(), left - _MARGIN, height - base - top
        )


@functools.lru_cache(10_000)
def _pieces(word: str) -> list[str]:
    return _CHARACTER.findall(word) if _NUMBER.fullmatch(word) else [word]


@functools.lru_cache(16)
def _typecase(dpi: float, prop: FontProperties) -> _Typecase:
    return _Typecase(dpi, prop)


@functools.lru_cache(16)
def _agrees(dpi: float, prop: FontProperties) -> bool:
    """Whether a sample put together from tiles is what matplotlib draws."""
    ours, theirs = Lettering(800, 40, dpi), RendererAgg(800, 40, dpi)
    expected = np.asarray(theirs.buffer_rgba())
    ours.pixels[...] = expected[...] = 255
    theirs.draw_text(theirs.new_gc(), 10.4, 24.7, _SAMPLE, prop, 0)
    sizes = _typecase(dpi, prop).size(_SAMPLE), theirs.get_text_width_height_descent(_SAMPLE, prop, False)
    return (
        ours.copy_text(10.4, 24.7, _SAMPLE, prop)
        and np.array_equal(ours.pixels, expected)
        and sizes[0][1:] == sizes[1][1:]
    )
