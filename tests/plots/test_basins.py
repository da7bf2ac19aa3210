"""Maps of where starts end."""

import numpy as np
import pytest
from support.pictures import around, drawing_of

from rmsprop_lab.plots.colours import PALETTE
from rmsprop_lab.plots.maps import basins_png


def hue_at(pixel: np.ndarray) -> str:
    return "#" + "".join(f"{channel:02X}" for channel in pixel)


def test_each_start_has_the_hue_of_the_minimizer_it_reaches_paler_where_it_ends_higher() -> None:
    x, y = np.linspace(-4.0, 4.0, 8), np.linspace(-2.0, 2.0, 4)
    reached = np.zeros((4, 8), np.int16)
    reached[:, 4:] = 1
    reached[0, 0], reached[3, 7] = -1, -2
    gaps = np.full((4, 8), -16.0)
    gaps[3, 0] = 0.0
    drawn = drawing_of(lambda: basins_png(x, y, reached, gaps, -16.0, np.array([[-1.0, 1.0], [0.0, 0.0]]), ""))
    (axes,) = drawn.figure.axes

    def pixel(across: float, up: float) -> np.ndarray:
        return drawn.picture[drawn.at(axes, across, up)]

    assert hue_at(pixel(-2.5, 0.5)) == PALETTE[0]
    assert hue_at(pixel(2.5, 0.5)) == PALETTE[1]
    assert hue_at(pixel(-3.5, -1.5)) == "#D1D5DB"  # came to none
    assert hue_at(pixel(3.5, 1.5)) == "#1F2937"  # diverged
    assert pixel(-3.5, 1.5).min() > pixel(-2.5, 0.5).min()
    for minimizer in (-1.0, 1.0):
        assert (around(drawn.picture, *drawn.at(axes, minimizer, 0.0)) > 225).any()


@pytest.mark.parametrize(("floor", "full"), [(-16.0, False), (-12.0, True), (-np.inf, True)])
def test_hues_are_full_at_the_floor_of_the_objective(floor: float, full: bool) -> None:
    at, reached, scores = np.linspace(-1.0, 1.0, 4), np.zeros((4, 4), np.int16), np.full((4, 4), -12.0)
    drawn = drawing_of(lambda: basins_png(at, at, reached, scores, floor, np.array([[0.0], [0.0]]), ""))
    (axes,) = drawn.figure.axes
    assert (hue_at(drawn.picture[drawn.at(axes, 0.7, 0.7)]) == PALETTE[0]) == full
