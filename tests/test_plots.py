"""Pictures: the quick way is pixel-identical to drawing from scratch, and no path breaks one."""

import io
from fractions import Fraction

import matplotlib
import numpy as np
import pytest
from benchmarks.from_scratch import contour_by_pyplot
from conftest import OBJECTIVES
from PIL import Image
from rmsprop_lab.plots.run_picture.paths import in_plane, path_in
from rmsprop_lab.plots.surface import contour_png, surface_png

from rmsprop_lab import descend
from rmsprop_lab.base import Objective, window_of
from rmsprop_lab.objectives import Bowl, Himmelblau, Rosenbrock
from rmsprop_lab.optimizers import GD, Adam, RMSProp
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.colours import PALETTE, hues, shade
from rmsprop_lab.plots.comparison import Panel, comparison_png
from rmsprop_lab.plots.objective import LEVELS, landscape
from rmsprop_lab.plots.run_picture import contour
from rmsprop_lab.plots.run_picture.contour import ContourPainter

matplotlib.use("agg")  # for pyplot, which is only here
PLANE = {name: cls() for name, cls in sorted(OBJECTIVES.items()) if cls().dim == 2}
OTHERS = {"Bowl in 1": Bowl(dim=1), "Bowl in 3": Bowl(dim=3), "Logistic": OBJECTIVES["Logistic"]()}
QUICK = ("Bowl", "Himmelblau", "Rastrigin", "Rosenbrock", "Bowl in 1", "Bowl in 3")  # pyplot takes seconds for each
RESOLVED = 1e9  # window widths
WINDOW = np.array([[-1.0, 1.0], [-1.0, 1.0]])
TITLE = "name: rule, step_size 0.0123, rho 0.99\nf = 1.23e-07 after 40 iterations (4 starts, the median one bold)"


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def resolved(points: np.ndarray, window: np.ndarray) -> np.ndarray:
    """The points up to the first one that is too far away for a line from it to be right; then NaN."""
    points = points.copy()
    for path in np.moveaxis(points, 2, 0):
        centre, width = window.mean(axis=1), window[:, 1] - window[:, 0]
        lost = ~(np.abs(path[:, :2] - centre) <= RESOLVED * width).all(axis=1)
        if lost.any():
            path[lost.argmax() + 1 :] = np.nan
    return points


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in (*PLANE, *OTHERS)]
)
def test_the_quick_picture_is_the_one_drawn_from_scratch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths inside, outside and divergent; as pyplot draws them, which is blind to where they leave for good."""
    monkeypatch.setattr(contour, "LARGE", None)  # all its shades, however many
    objective: Objective = {**PLANE, **OTHERS}[name]
    starts = Starts(count=4).at(objective)
    painter = ContourPainter(objective, starts)
    window = painter.backdrop.window
    left = 0
    for median, optimizer in enumerate((RMSProp(0.05, 0.9), Adam(0.3), GD(2.5))):
        points = descend(objective, optimizer, starts, 40).points
        if objective.dim > 1:
            points = resolved(points, window)
        found = [path_in(path, window)[1] for path in np.moveaxis(in_plane(points, objective), 2, 0)]
        crosses = np.array([at for at in found if at is not None]).reshape(-1, 2)
        left += len(crosses)
        expected = contour_by_pyplot(objective, starts, points, median, TITLE, crosses)
        assert np.array_equal(pixels(painter.png(points, median, TITLE)), pixels(expected))
    assert left or name in ("Ackley", "Griewank", "Logistic", "Matyas")


@pytest.mark.parametrize("size", [3.0, 1e8, 1e20, 1e300, 1.7e308])
@pytest.mark.parametrize("slope", [-0.7, 0.01, 1.0])
def test_a_line_to_far_away_leaves_in_its_direction(size: float, slope: float) -> None:
    """As pyplot draws the line to a point on it, three windows away, that is computed exactly."""
    start, far = (0.3, -0.2), (-size, slope * size)
    share = 6 / (Fraction(size) * Fraction(max(1, abs(slope))))
    near = [float(Fraction(a) + share * (Fraction(b) - Fraction(a))) for a, b in zip(start, far, strict=True)]
    painter = ContourPainter(Bowl(), np.array(start)[:, None])
    cross = path_in(np.array([start, far]), painter.backdrop.window)[1][None]
    expected = contour_by_pyplot(Bowl(), np.array(start)[:, None], np.array([start, near])[:, :, None], 0, TITLE, cross)
    assert np.array_equal(pixels(painter.png(np.array([start, far])[:, :, None], 0, TITLE)), pixels(expected))


@pytest.mark.parametrize("end", [(np.inf, -np.inf), (np.nan, 0.0), (0.5, np.inf)])
def test_a_path_ends_before_its_first_point_that_is_not_finite(end: tuple[float, float]) -> None:
    path, left_at = path_in(np.array([[0.5, 0.5], [0.9, -0.9], end, [0.0, 0.0]]), WINDOW)
    np.testing.assert_array_equal(path[:2], [[0.5, 0.5], [0.9, -0.9]])
    assert np.isnan(path[2:]).all()
    assert left_at.tolist() == [0.9, -0.9]


def test_a_path_leaves_where_it_crosses_the_border_for_the_last_time() -> None:
    assert path_in(np.array([[0.0, 0.0], [3.0, 1.5], [0.5, 0.5]]), WINDOW)[1] is None
    assert path_in(np.array([[0.0, 0.0], [3.0, 0.0], [0.5, 0.0], [0.5, -9.0]]), WINDOW)[1].tolist() == [0.5, -1.0]
    assert path_in(np.array([[0.0, 0.0], [4.0, 2.0], [np.inf, 2.0]]), WINDOW)[1].tolist() == [1.0, 0.5]
    assert path_in(np.array([[0.0, 0.0], [1e308, -1e308], [0.0, 0.0]]), WINDOW)[1].tolist() == [1.0, -1.0]
    assert path_in(np.full((3, 2), np.nan), WINDOW)[1] is None


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
def test_more_than_two_dimensions_are_a_slice_and_said_so(dim: int) -> None:
    objective = Bowl(dim=dim)
    backdrop = ContourPainter(objective, Starts(count=3).at(objective)).backdrop
    assert ("slice through the minimizer, paths projected" in backdrop.note) == (dim == 3)


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
