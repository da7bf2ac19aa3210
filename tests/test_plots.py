"""Pictures: the cached way is pixel-identical to drawing from scratch, and no path breaks one."""

import io

import numpy as np
import pytest
from conftest import OBJECTIVES
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from rmsprop_lab import descend
from rmsprop_lab.colours import PALETTE, hues, shade
from rmsprop_lab.objectives import Bowl, Himmelblau, Rosenbrock
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plots.comparison import Panel, comparison_png
from rmsprop_lab.plots.contour import ContourPainter
from rmsprop_lab.plots.landscape import LEVELS, landscape, window_of
from rmsprop_lab.plots.surface import contour_png, surface_png
from rmsprop_lab.starts import Starts


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def from_scratch(painter: ContourPainter) -> np.ndarray:
    """The painter's figure as it stands, drawn whole by matplotlib."""
    canvas = painter._figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    for artist in (painter._title, painter._others, painter._median, *painter._axes.spines.values()):
        artist.set_animated(False)
    painter._figure.set_layout_engine("none")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


@pytest.mark.parametrize("name", [name for name, cls in sorted(OBJECTIVES.items()) if cls().dim == 2])
def test_the_cached_picture_is_the_one_drawn_from_scratch(name: str) -> None:
    objective = OBJECTIVES[name]()
    starts = Starts(count=4).at(objective)
    painter = ContourPainter(objective, starts)
    painter.png(descend(objective, GD(1e-2), starts, 3).points, 0, "another run before\nthis one")
    trace = descend(objective, GD(1e-3), starts, 20)
    picture = pixels(painter.png(trace.points, 2, "title\nsecond line"))
    assert np.array_equal(picture, from_scratch(painter))


def test_the_path_is_white_dots_on_fifty_levels() -> None:
    objective, starts = Bowl(), np.array([[0.9], [0.9]])
    painter = ContourPainter(objective, starts)
    empty = pixels(painter.png(np.full((1, 2, 1), np.nan), 0, "t\nt"))
    drawn = pixels(painter.png(descend(objective, GD(0.1), starts, 20).points, 0, "t\nt"))
    changed = (empty != drawn).any(axis=2)
    assert 100 < changed.sum() < 5000
    assert (drawn[changed] == 255).all(axis=1).sum() > 50
    assert len(landscape(objective, window_of(objective)).levels) == LEVELS + 1


@pytest.mark.parametrize("size", [1e3, 1e150, np.inf, np.nan])
def test_a_path_that_leaves_for_far_away_still_draws(size: float) -> None:
    points = np.array([[0.5, 0.5], [0.9, -0.9], [size, -size], [np.nan, np.nan]])[:, :, None]
    png = ContourPainter(Bowl(), points[0]).png(points, 0, "far\naway")
    assert pixels(png).shape == (440, 520, 3)


@pytest.mark.parametrize("dim", [1, 3])
def test_other_dimensions_are_drawn_and_said_so(dim: int) -> None:
    objective = Bowl(dim=dim)
    starts = Starts(count=3).at(objective)
    painter = ContourPainter(objective, starts)
    painter.png(descend(objective, GD(0.1), starts, 5).points, 1, "a\nb")
    assert ("slice" in painter._title.get_text()) == (dim == 3)


def test_the_window_shows_every_start_and_is_the_same_for_every_run() -> None:
    starts = Starts(count=30).at(Rosenbrock())
    window = window_of(Rosenbrock(), starts)
    assert (window[:, 0] <= starts.min(axis=1)).all()
    assert (window[:, 1] >= starts.max(axis=1)).all()
    assert window_of(Rosenbrock()).tolist() == [[-2, 2], [-1, 3]]


def test_levels_are_even_for_the_bowl_and_logarithmic_for_a_valley() -> None:
    assert not landscape(Bowl(), window_of(Bowl())).log
    valley = landscape(Rosenbrock(), window_of(Rosenbrock()))
    assert valley.log
    assert (np.diff(valley.levels) > 0).all()


def test_surface_contour_and_comparison_are_pictures() -> None:
    for png in (surface_png(Bowl(), "bowl"), contour_png(Himmelblau(), "himmelblau")):
        assert pixels(png).std() > 20
    starts = Starts(count=3).at(Himmelblau())
    traces = {"gd": descend(Himmelblau(), GD(0.01), starts, 20), "lost": descend(Himmelblau(), GD(9.0), starts, 20)}
    panel = Panel("himmelblau", Himmelblau(), starts, traces, {"gd": "gd 0.01", "lost": "gd 9"})
    only_lost = Panel("himmelblau", Himmelblau(), starts, {"lost": traces["lost"]}, {"lost": "gd 9"})
    assert pixels(comparison_png([panel, only_lost], hues(["gd", "lost"]), "both")).std() > 20


def test_one_hue_per_optimizer_and_shades_of_it() -> None:
    assert list(hues(["b", "a", "b"]).values()) == list(PALETTE[:2])
    assert hues(["rmsprop"])["rmsprop"] == hues(["mine", "gd", "rmsprop"])["rmsprop"]
    assert len(set(hues(["mine", "gd", "adagrad", "rmsprop", "adam", "yours"]).values())) == 6
    assert len({shade(PALETTE[0], position) for position in (0, 0.5, 1)}) == 3


def test_what_a_search_saw_is_drawn(lab, tmp_path) -> None:
    lab("objective=[bowl,rosenbrock]", "optimizer=[gd,rmsprop]", "search=grid", "n_iter=20", "tracking=none")
    figures = tmp_path / "outputs/study/figures"
    for name in ("sensitivity.png", "bowl_rmsprop_map.png", "rosenbrock_rmsprop_map.png"):
        assert pixels((figures / name).read_bytes()).std() > 20
    assert not (figures / "bowl_gd_map.png").exists()
    lab("objective=bowl", "optimizer=gd", "tracking=none", "name=single")
    assert not (tmp_path / "outputs/single/figures/sensitivity.png").exists()
