"""Pictures of an objective alone: window, levels, hues."""

import numpy as np
from support.pictures import pixels

from rmsprop_lab.base import window_of
from rmsprop_lab.objectives import Bowl, Rosenbrock
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.objective import LEVELS, contour_png, scene_of, surface_png


def test_the_window_shows_every_start_and_is_the_same_for_every_run() -> None:
    starts = Starts(count=30).at(Rosenbrock())
    window = window_of(Rosenbrock(), starts)
    assert (window[:, 0] <= starts.min(axis=1)).all()
    assert (window[:, 1] >= starts.max(axis=1)).all()
    assert window_of(Rosenbrock()).tolist() == [[-2, 2], [-1, 3]]


def test_levels_are_even_for_the_bowl_and_logarithmic_for_a_valley() -> None:
    assert not scene_of(Bowl(), window_of(Bowl())).log
    valley = scene_of(Rosenbrock(), window_of(Rosenbrock()))
    assert valley.log
    assert (np.diff(valley.levels) > 0).all()


def test_an_objective_is_blue_where_it_is_low_and_red_where_it_is_high() -> None:
    """The tutorial's `jet`, in no more than 50 colours inside the axes."""
    flat = pixels(contour_png(Bowl(), "bowl"))
    assert flat.shape == (440, 520, 3)
    inside = flat[60:380, 90:400]
    blue, red = (inside[..., 2] > 120) & (inside[..., 0] < 20), (inside[..., 0] > 120) & (inside[..., 2] < 20)
    assert blue[140:180, 140:180].all()
    assert red[0, 0]
    assert not red[100:220, 100:220].any()
    _, counts = np.unique(inside.reshape(-1, 3), axis=0, return_counts=True)
    assert 35 <= (counts > 30).sum() <= LEVELS
    steep = pixels(surface_png(Bowl(), "bowl")).astype(int)
    low, high = (np.nonzero((steep[..., a] > 100) & (steep[..., b] < 20))[0].mean() for a, b in ((2, 0), (0, 2)))
    assert low > high  # further down in the picture
