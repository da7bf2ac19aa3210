"""Maps of hyperparameters."""

from typing import Any

import numpy as np
import pytest
from support.pictures import is_hue, pixels

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
