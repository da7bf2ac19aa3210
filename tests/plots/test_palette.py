"""The palette of runs' pictures: every colour that a picture may have is near one of it."""

import matplotlib
import numpy as np
import pytest

from rmsprop_lab.plots.palette import run_palette

COLOURS = np.array(run_palette().getpalette()).reshape(-1, 3)


def distance(colours: np.ndarray) -> np.ndarray:
    """The largest difference in a channel to the nearest colour of the palette, `(n,)`, for `(n, 3)` up to 255."""
    return np.abs(colours[:, None] - COLOURS).max(axis=2).min(axis=1)


def test_it_has_256_colours_with_black_and_white_exact() -> None:
    assert len(COLOURS) == 256
    assert distance(np.array([[0, 0, 0], [255, 255, 255]])).max() == 0


@pytest.mark.parametrize(("other", "most", "on_average"), [(0.0, 52, 32), (255.0, 28, 20)], ids=["black", "white"])
def test_colours_of_levels_are_there_and_their_blends_are_near(other: float, most: float, on_average: float) -> None:
    jet = 255 * matplotlib.colormaps["jet"](np.linspace(0, 1, 256))[:, :3]
    assert distance(jet).max() <= 5  # of 255
    for share in np.linspace(0, 1, 21):
        off = distance((1 - share) * jet + share * other)
        assert off.max() <= most
        assert off.mean() <= on_average
