"""The title of a run's picture, against matplotlib's own."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from rmsprop_lab.objectives import Bowl
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.figure import pixels_of
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.run_picture.title import SIZE, SPACING, write_title

# Matplotlib draws the same lines on an empty figure, without mathematics.
LINES = ["rmsprop on bowl, rho 0.99", "f = −1.23e-07, ρ², log₁₀ gap", "$x_1$ and \\alpha$ cost 3$", "", "xxx"]


def ink(room: np.ndarray) -> np.ndarray:
    """`(height, width)`, 0 for white to 1 for black."""
    return 1 - room[..., :3].min(axis=-1) / 255.0


def written(title: str, height: int = 40, width: int = 500) -> np.ndarray:
    room = np.full((height, width, 4), 255, np.uint8)
    write_title(room, title, 100)
    return ink(room)


def by_matplotlib(title: str, height: int = 40, width: int = 500) -> np.ndarray:
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    FigureCanvasAgg(figure)
    how = {"ha": "left", "va": "top", "fontsize": SIZE, "linespacing": SPACING, "parse_math": False}
    figure.text(0, 1, title, **how)
    return ink(pixels_of(figure))


def box(ink: np.ndarray) -> np.ndarray:
    """First and last row and column with ink."""
    rows, columns = np.nonzero(ink > 0.2)
    return np.array([rows.min(), rows.max(), columns.min(), columns.max()])


@pytest.mark.parametrize("first", LINES)
@pytest.mark.parametrize("second", LINES[:3])
def test_a_title_has_the_place_the_size_and_the_blackness_of_matplotlibs(first: str, second: str) -> None:
    ours, theirs = written(f"{first}\n{second}"), by_matplotlib(f"{first}\n{second}")
    assert np.abs(box(ours) - box(theirs)).max() <= 3
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.1)
    assert ours.max() > 0.9


def test_lines_are_as_far_apart_as_they_are_high() -> None:
    filled = (written("xxx\nxxx\nxxx", height=60) > 0.2).any(axis=1)
    first_rows = np.flatnonzero(filled[1:] & ~filled[:-1])
    assert len(first_rows) == 3
    assert np.ptp(np.diff(first_rows)) <= 1


@pytest.mark.parametrize("character", "ρ₁−√×…é")
def test_characters_of_formulas_are_in_the_font(character: str) -> None:
    assert not np.array_equal(written(character), written("\uffff"))


def test_a_line_that_is_too_long_ends_in_an_ellipsis_within_its_room() -> None:
    long = "step_size " * 2000
    room = written(long, width=200)
    assert box(room)[3] < 200
    assert np.array_equal(room[:, :100], written(long, width=500)[:, :100])
    assert not np.array_equal(room[:, 180:], written(long, width=500)[:, 180:200])
    fits = "one line that fits"
    assert np.array_equal(written(fits), written(fits, width=1000)[:, :500])


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_no_title_covers_anything(dim: int) -> None:
    """Whatever its length, what is outside its rectangle is the same as without it, and the rectangle was white."""
    objective = Bowl(dim=dim)
    painter = ContourPainter(objective, Starts(count=3).at(objective))
    points = np.full((2, dim, 3), np.nan)
    bare, full = (painter.pixels(points, 0, text).copy() for text in ("", "\n".join(["WWWWgggg " * 50] * 9)))
    room = painter.backdrop.title_room
    assert ink(full[room]).sum() > 500
    assert box(ink(full[room]))[1] < full[room].shape[0]
    assert ink(painter.backdrop.pixels[room]).max() == 0
    full[room] = bare[room]
    assert np.array_equal(full, bare)
