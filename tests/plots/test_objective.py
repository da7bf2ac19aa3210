"""Pictures of an objective alone: window, levels, colours, shape."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.catalogue import OBJECTIVES
from support.pictures import drawing_of, pixels

from rmsprop_lab.base import window_of
from rmsprop_lab.objectives import Bowl, MonkeySaddle, Rosenbrock
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.objective import LEVELS, contour_png, draw_filled, scene_of, surface_png
from rmsprop_lab.plots.shading import DEEP, PALE, TUTORIAL, Shading


def test_the_window_shows_every_start_and_is_the_same_for_every_run() -> None:
    starts = Starts(count=30).at(Rosenbrock())
    window = window_of(Rosenbrock(), starts)
    assert (window[:, 0] <= starts.min(axis=1)).all()
    assert (window[:, 1] >= starts.max(axis=1)).all()
    assert window_of(Rosenbrock()).tolist() == [[-2, 2], [-1, 3]]


def test_the_tutorials_levels_are_even_for_the_bowl_and_logarithmic_for_a_valley() -> None:
    assert not scene_of(Bowl(), window_of(Bowl()), TUTORIAL).log
    valley = scene_of(Rosenbrock(), window_of(Rosenbrock()), TUTORIAL)
    assert valley.log
    assert (np.diff(valley.levels) > 0).all()


@pytest.mark.parametrize("name", [name for name in OBJECTIVES if OBJECTIVES[name]().dim > 1])
def test_levels_are_even_in_the_log_of_the_gap_where_the_minimum_is_known(name: str) -> None:
    objective = OBJECTIVES[name]()
    scene = scene_of(objective, window_of(objective))
    assert (np.diff(scene.levels) > 0).all()
    assert scene.levels[0] <= np.nanmin(scene.values)
    assert scene.levels[-1] >= np.nanmax(scene.values) * (1 - 1e-12)
    if objective.minimum is not None:
        assert scene.log
        np.testing.assert_allclose(np.diff(np.log(scene.levels[1:] - objective.minimum), n=2), 0, atol=1e-4)


def test_values_far_above_the_minimum_have_even_levels() -> None:
    """They would be even in the log too, to the eye, and no two of them may be equal."""
    scene = scene_of(Bowl(), np.array([[1e8, 1e8 + 1e-6], [0.0, 1e-6]]))
    assert not scene.log
    assert not scene_of(MonkeySaddle(), window_of(MonkeySaddle())).log


@pytest.mark.parametrize("shading", [DEEP, PALE], ids=["deep", "pale"])
def test_a_map_of_colours_is_perceptually_uniform(shading: Shading) -> None:
    """Equal steps of the value are nearly equal steps of lightness, all in one direction."""
    red, green, blue = shading.colours(np.linspace(0, 1, 41))[:, :3].T
    linear = [np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in (red, green, blue)]
    luminance = np.dot([0.2126, 0.7152, 0.0722], linear)
    steps = np.diff(116 * np.cbrt(luminance) - 16)
    assert (np.sign(steps) == np.sign(steps[0])).all()
    assert np.abs(steps).max() < 1.6 * np.abs(steps).min()


@pytest.mark.parametrize(
    ("wide", "high", "stretched"), [(1.0, 1.0, False), (2.9, 1.0, False), (1.0, 2.9, False), (4.0, 1.0, True)]
)
def test_a_plane_has_one_scale_unless_too_little_of_it_would_be_seen(wide: float, high: float, stretched: bool) -> None:
    scene = scene_of(Bowl(dim=3), np.array([[0.0, wide], [0.0, high]]))
    axes = Figure().add_subplot()
    draw_filled(axes, scene)
    assert axes.get_aspect() == ("auto" if stretched else 1.0)
    assert ("axes to different scales" in scene.note()) == stretched
    assert scene.note().startswith("slice through the minimizer, paths projected")
    assert "paths" not in scene.note(paths=False)


def test_a_star_marks_each_minimizer_outside_of_the_tutorial() -> None:
    drawn = drawing_of(lambda: contour_png(OBJECTIVES["Himmelblau"](), "himmelblau"))
    (stars,) = drawn.figure.axes[0].lines
    assert len(stars.get_xdata()) == 4
    assert "x\n☆ minimizer" in drawn.texts
    bare = drawing_of(lambda: contour_png(Bowl(), "bowl", TUTORIAL))
    assert not bare.figure.axes[0].lines
    assert "x" in bare.texts


def test_the_tutorials_bowl_is_blue_where_it_is_low_and_red_where_it_is_high() -> None:
    """The tutorial's `jet`, in no more than 50 colours inside the axes."""
    flat = pixels(contour_png(Bowl(), "bowl", TUTORIAL))
    assert flat.shape == (440, 520, 3)
    inside = flat[60:380, 90:400]
    blue, red = (inside[..., 2] > 120) & (inside[..., 0] < 20), (inside[..., 0] > 120) & (inside[..., 2] < 20)
    assert blue[140:180, 140:180].all()
    assert red[0, 0]
    assert not red[100:220, 100:220].any()
    _, counts = np.unique(inside.reshape(-1, 3), axis=0, return_counts=True)
    assert 35 <= (counts > 30).sum() <= LEVELS
    steep = pixels(surface_png(Bowl(), "bowl", TUTORIAL)).astype(int)
    low, high = (np.nonzero((steep[..., a] > 100) & (steep[..., b] < 20))[0].mean() for a, b in ((2, 0), (0, 2)))
    assert low > high  # further down in the picture
