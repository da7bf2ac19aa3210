"""Encoding: every pixel comes back, or, with a palette, looks the same."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from rmsprop_lab import descend
from rmsprop_lab.base import Objective
from rmsprop_lab.objectives import Bowl, Himmelblau, Rastrigin
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.encoding import picture_of, png_bytes, small_copy, small_png, thumbnail
from rmsprop_lab.plots.palette import run_palette
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.shading import DEEP

SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4]))

PALETTE = run_palette(DEEP.colours)


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def colours(data: bytes) -> np.ndarray:
    return np.asarray(decoded(data).convert("RGB"))


def run_pixels(objective: Objective, step_size: float) -> np.ndarray:
    starts = Starts(count=10).at(objective)
    points = descend(objective, RMSProp(step_size, 0.9), starts, 50).points
    return ContourPainter(objective, starts).pixels(points, 0, "title\nof two lines")


@settings(deadline=None)
@given(SHAPES.flatmap(lambda shape: arrays(np.uint8, shape)))
def test_every_pixel_comes_back(pixels: np.ndarray) -> None:
    image = decoded(png_bytes(pixels))
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), pixels[..., :3])


def test_a_part_of_an_array_is_encoded_too() -> None:
    whole = np.random.default_rng(0).integers(0, 256, (60, 50, 4), dtype=np.uint8)
    part = whole[::2, 5:31]
    assert np.array_equal(colours(png_bytes(part)), part[..., :3])


@pytest.mark.parametrize("objective", [Bowl(), Bowl(dim=1), Himmelblau(), Rastrigin()], ids=lambda o: type(o).__name__)
@pytest.mark.parametrize("step_size", [0.01, 1.0])
def test_a_run_of_256_colours_looks_the_same(objective: Objective, step_size: float) -> None:
    """No eye tells them apart: areas are off by a few shades of 255, and edges by more here and there."""
    exact = run_pixels(objective, step_size)[..., :3]
    png = small_png(exact, PALETTE)
    assert decoded(png).mode == "P"
    assert len(png) < 70_000
    off = np.abs(colours(png).astype(int) - exact).max(axis=-1)
    assert np.quantile(off, 0.5) <= 2
    assert (off > 24).mean() < 0.01
    assert off.max() < 64
    white = (exact == 255).all(axis=-1)
    assert white.sum() > 20_000
    assert (colours(png)[white] == 255).all()


def test_a_picture_is_its_png_and_its_thumbnail() -> None:
    pixels = run_pixels(Himmelblau(), 0.05)
    picture = picture_of(pixels, PALETTE)
    assert picture.png == small_png(pixels, PALETTE)
    assert picture.small == thumbnail(pixels)
    assert small_copy(png_bytes(pixels)) == picture.small


def test_the_thumbnail_looks_like_the_picture() -> None:
    picture = picture_of(run_pixels(Himmelblau(), 0.05), PALETTE)
    small, large = decoded(picture.small), decoded(picture.png).convert("RGB")
    assert (small.format, small.size) == ("WEBP", (232, 196))
    expected = np.asarray(large.resize(small.size, Image.Resampling.BOX), dtype=float)
    assert np.abs(np.asarray(small.convert("RGB"), dtype=float) - expected).mean() < 6
    assert decoded(thumbnail(np.zeros((10, 12, 3), np.uint8))).size == (12, 10)
