"""Encoding and lettering: every pixel comes back, every letter is matplotlib's."""

import io

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from PIL import Image
from rmsprop_lab.plots.run_picture.encoding import png_bytes, thumbnail
from rmsprop_lab.plots.run_picture.lettering import Lettering, _agrees, _typecase

from rmsprop_lab import descend
from rmsprop_lab.objectives import Himmelblau, Rastrigin
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.run_picture.contour import ContourPainter

FONT = FontProperties(size=8.5)
SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4]))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: f"{number:.4g}")
WORDS = st.sampled_from(["rmsprop,", "step_size", "f =", "(10 starts,", "one bold)", "fit", "AVATAR", "ToY7.x"])
ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30)


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@settings(deadline=None)
@given(SHAPES.flatmap(lambda shape: arrays(np.uint8, shape)))
def test_every_pixel_comes_back(pixels: np.ndarray) -> None:
    image = decoded(png_bytes(pixels))
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), pixels[..., :3])


def test_a_part_of_an_array_is_encoded_too() -> None:
    whole = np.random.default_rng(0).integers(0, 256, (60, 50, 4), dtype=np.uint8)
    part = whole[::2, 5:31]
    assert np.array_equal(np.asarray(decoded(png_bytes(part))), part[..., :3])


def test_a_large_picture_gets_a_palette_and_looks_the_same() -> None:
    """Paths in many shades over a contour plot; no eye tells one from the other."""
    objective = Rastrigin()
    starts = Starts(count=10).at(objective)
    painter = ContourPainter(objective, starts)
    png = painter.png(descend(objective, RMSProp(1.0, 0.9), starts, 50).points, 0, "chaotic")
    image = Image.open(io.BytesIO(png))
    assert image.mode == "P"
    assert len(png) < 66_000
    points = descend(objective, RMSProp(1.0, 0.9), starts, 50).points
    exact = painter.pixels(points, 0, "chaotic")[..., :3].astype(int)
    off = np.abs(np.asarray(image.convert("RGB")).astype(int) - exact).max(axis=-1)
    assert (off > 24).mean() < 0.01
    assert off.max() < 64


def test_the_thumbnail_looks_like_the_picture() -> None:
    starts = Starts(count=3).at(Himmelblau())
    picture = ContourPainter(Himmelblau(), starts).picture(
        descend(Himmelblau(), RMSProp(0.05, 0.9), starts, 30).points, 0, "title"
    )
    small, large = decoded(picture.small), decoded(picture.png)
    assert (small.format, small.size) == ("WEBP", (232, 196))
    expected = np.asarray(large.resize(small.size, Image.Resampling.BOX), dtype=float)
    assert np.abs(np.asarray(small.convert("RGB"), dtype=float) - expected).mean() < 6
    assert decoded(thumbnail(np.zeros((10, 12, 3), np.uint8))).size == (12, 10)


def drawn(renderer: RendererAgg, text: str, x: float, y: float, font: FontProperties = FONT) -> np.ndarray:
    pixels = np.asarray(renderer.buffer_rgba())
    pixels[...] = 255
    renderer.draw_text(renderer.new_gc(), x, y, text, font, 0)
    return pixels[..., :3].copy()


OURS, THEIRS = Lettering(300, 40, 100), RendererAgg(300, 40, 100)


@settings(deadline=None)
@given(st.one_of(ASCII, st.lists(st.one_of(NUMBERS, WORDS), min_size=1).map(" ".join)), st.integers(0, 3))
@example("fi ffl AV To 1.7, 7.1 -+e 1e-05, 11111 ..-- e+e", 0)
@example("  two  spaces ", 0)
@example("mathematics $x^2$", 0)
@example("one dollar: 3$, a \\ and a |", 0)
def test_every_letter_is_where_matplotlib_puts_it(text: str, quarter: int) -> None:
    if text.count("$") < 2:
        place = 10 + quarter / 4, 25 - quarter / 4
        assert np.array_equal(drawn(OURS, text, *place), drawn(THEIRS, text, *place))
        ours, theirs = (canvas.get_text_width_height_descent(text, FONT, False) for canvas in (OURS, THEIRS))
        if text.strip():
            assert ours[1:] == theirs[1:]


@pytest.mark.parametrize("text", ["ρ = 0.99", "naïve", "日"])
@pytest.mark.filterwarnings("ignore:Glyph")
def test_other_alphabets_are_left_to_matplotlib(text: str) -> None:
    assert np.array_equal(drawn(OURS, text, 10, 25), drawn(THEIRS, text, 10, 25))


def test_colour_turning_and_what_is_below_are_left_to_matplotlib() -> None:
    def draw(renderer: RendererAgg) -> np.ndarray:
        pixels = np.asarray(renderer.buffer_rgba())
        pixels[...] = 255
        pixels[20:24] = 100
        gc = renderer.new_gc()
        renderer.draw_text(gc, 10, 25, "over grey", FONT, 0)
        renderer.draw_text(gc, 100, 30, "turned", FONT, 20)
        gc.set_foreground("red")
        renderer.draw_text(gc, 150, 15, "red", FONT, 0)
        return pixels.copy()

    assert np.array_equal(draw(OURS), draw(THEIRS))


def test_the_quick_way_is_in_use() -> None:
    """With this matplotlib, and for text of this kind, nothing is drawn twice."""
    assert _agrees(100, FONT)
    text = "rmsprop, step_size 0.0123"
    drawn(OURS, text, 10, 25)
    tiles = _typecase(100, FONT)._tiles
    known = len(tiles)
    drawn(OURS, text, 10, 25)
    assert {"rmsprop, ", "step_size ", "0", ".", "1", "2", "3"} <= {piece for piece, _, _ in tiles}
    assert len(tiles) == known
