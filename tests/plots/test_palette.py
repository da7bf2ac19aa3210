"""The palette of runs' pictures: every colour that a picture may have is near one of it."""

import numpy as np
import pytest

from rmsprop_lab.plots.palette import run_palette
from rmsprop_lab.plots.shading import DEEP, TUTORIAL, Shading


def palette(shading: Shading) -> np.ndarray:
    return np.array(run_palette(shading.colours).getpalette()).reshape(-1, 3)


def distance(colours: np.ndarray, shading: Shading) -> np.ndarray:
    """The largest difference in a channel to the nearest colour of the palette, `(n,)`, for `(n, 3)` up to 255."""
    return np.abs(colours[:, None] - palette(shading)).max(axis=2).min(axis=1)


@pytest.mark.parametrize("shading", [TUTORIAL, DEEP])
def test_it_has_256_colours_with_black_and_white_exact(shading: Shading) -> None:
    assert len(palette(shading)) == 256
    assert distance(np.array([[0, 0, 0], [255, 255, 255]]), shading).max() == 0


@pytest.mark.parametrize("shading", [TUTORIAL, DEEP])
@pytest.mark.parametrize(("other", "most", "on_average"), [(0.0, 52, 32), (255.0, 28, 20)], ids=["black", "white"])
def test_colours_of_levels_are_there_and_their_blends_are_near(
    shading: Shading, other: float, most: float, on_average: float
) -> None:
    pure = 255 * shading.colours(np.linspace(0, 1, 256))[:, :3]
    assert distance(pure, shading).max() <= 5  # of 255
    for share in np.linspace(0, 1, 21):
        off = distance((1 - share) * pure + share * other, shading)
        assert off.max() <= most
        assert off.mean() <= on_average
