"""Maps of hyperparameters."""

from typing import Any

import numpy as np
import pytest
from support.pictures import drawing_of, is_hue, pixels

from rmsprop_lab.plan.space import Range
from rmsprop_lab.plots.colours import GREY
from rmsprop_lab.plots.maps import map_png

SCALES = ("linear", "log", "log_complement")


@pytest.mark.parametrize("across", SCALES)
@pytest.mark.parametrize("up", SCALES)
def test_a_map_is_grey_where_trials_were_lost_and_has_a_star_at_the_best(across: Any, up: Any) -> None:
    grids = {"x": Range(0.1, 0.9, across, 9).grid(), "y": Range(0.1, 0.9, up, 5).grid()}
    scores = np.zeros((5, 9))
    scores[:, -3:] = np.inf
    best = {"x": grids["x"][1], "y": grids["y"][3]}
    picture = pixels(map_png(scores, grids, {"x": across, "y": up}, best, "", ""))
    rows, columns = np.nonzero(is_hue(picture, GREY))
    cell, height = np.ptp(columns) / 3, np.ptp(rows)  # of nine columns three are grey
    assert len(rows) > 0.95 * np.ptp(columns) * height
    left = round(columns.max() - 9 * cell)
    inside = picture[rows.min() + 5 : rows.max() - 5, left + 5 : columns.min()]
    row, column = np.argwhere((inside == 255).all(axis=-1)).mean(axis=0) + 5
    assert column / cell == pytest.approx(1.5, abs=0.2)
    assert row / (height / 5) == pytest.approx(1.5, abs=0.2)  # from the top


GRIDS = {"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 3.0, 4.0]}
LINEAR: dict[str, Any] = {"x": "linear", "y": "linear"}


def test_values_that_run_away_have_a_readable_scale_which_the_colour_bar_names() -> None:
    values = -(10.0 ** np.array([[0, 0, 1, 1], [0, 1, 1, 2], [1, 2, 3, 3], [2, 3, 3, 30]], dtype=float))
    best = {"x": 4.0, "y": 4.0}
    drawn = drawing_of(lambda: map_png(values, GRIDS, LINEAR, best, "", "final value", wide=True))
    assert "final value (star: best), logarithmic beyond ±10" in drawn.texts
    axes = drawn.figure.axes[0]
    hues = {tuple(drawn.picture[drawn.at(axes, x, y)]) for x, y in ((1.0, 1.0), (4.0, 2.0), (3.0, 3.0))}
    assert len(hues) == 3
    flat = drawing_of(lambda: map_png(values, GRIDS, LINEAR, best, "", "final value"))
    same = {tuple(flat.picture[flat.at(flat.figure.axes[0], x, y)]) for x, y in ((1.0, 1.0), (4.0, 2.0), (3.0, 3.0))}
    assert len(same) == 1


def test_values_of_a_size_have_a_linear_scale() -> None:
    values = np.linspace(-3.0, 2.0, 16).reshape(4, 4)
    drawn = drawing_of(lambda: map_png(values, GRIDS, LINEAR, None, "", "final value", wide=True))
    assert "final value" in drawn.texts
    values[0, 0] = np.inf
    drawn = drawing_of(lambda: map_png(values, GRIDS, LINEAR, {"x": 4.0, "y": 1.0}, "", "final value"))
    assert "final value (star: best, grey: lost)" in drawn.texts


def test_a_map_of_which_all_diverged_has_no_star() -> None:
    picture = pixels(map_png(np.full((4, 4), np.inf), GRIDS, LINEAR, None, "", "score", wide=True))
    rows, columns = np.nonzero(is_hue(picture, GREY))
    inside = picture[rows.min() : rows.max(), columns.min() : columns.max()]
    assert is_hue(inside, GREY).all()


def test_a_star_in_the_corner_is_whole() -> None:
    drawn = drawing_of(lambda: map_png(np.eye(4), GRIDS, LINEAR, {"x": 4.0, "y": 4.0}, "", "score"))
    (star,) = drawn.figure.axes[0].lines
    assert not star.get_clip_on()


EXTREMES = {
    "one size": np.zeros(16),
    "tiny": -np.logspace(-320, -310, 16),
    "from tiny to large": np.r_[np.full(15, 5e-324), 1e9],
    "one far away": np.r_[np.zeros(15), -1e300],
    "the largest": np.r_[-1.7e308, np.ones(15)],
    "the largest of both signs": np.r_[-1.7e308, 1.7e308, np.ones(14)],
    "all large": np.linspace(-1.7, 1.0, 16) * 1e308,
    "evenly up to the largest": -np.logspace(0, 308, 16),
}


@pytest.mark.parametrize("values", EXTREMES.values(), ids=EXTREMES)
def test_values_of_any_size_are_drawn(values: np.ndarray) -> None:
    best = {"x": 1.0, "y": 1.0}
    drawn = drawing_of(lambda: map_png(values.reshape(4, 4), GRIDS, LINEAR, best, "", "final value", wide=True))
    assert drawn.overlaps() == []
    assert drawn.cut_off() == []
