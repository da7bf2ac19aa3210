"""The picture of a run: the quick way is what pyplot draws from scratch, and no path breaks it."""

from fractions import Fraction

import matplotlib
import numpy as np
import pytest
from benchmarks.from_scratch import contour_by_pyplot
from support.catalogue import OBJECTIVES
from support.pictures import around, pixel_of, pixels

from rmsprop_lab import descend
from rmsprop_lab.base import Objective, window_of
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD, Adam, RMSProp
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.objective import LEVELS, scene_of
from rmsprop_lab.plots.paths import in_plane, path_in
from rmsprop_lab.plots.run_picture.contour import ContourPainter

matplotlib.use("agg")  # for pyplot, which is only here
PLANE = {name: cls() for name, cls in sorted(OBJECTIVES.items()) if cls().dim == 2}
OTHERS = {"Bowl in 1": Bowl(dim=1), "Bowl in 3": Bowl(dim=3), "Logistic": OBJECTIVES["Logistic"]()}
QUICK = ("Bowl", "Himmelblau", "Rastrigin", "Rosenbrock", "Bowl in 1", "Bowl in 3")  # pyplot takes seconds for each
RESOLVED = 1e9  # window widths
TITLE = "name: rule, step_size 0.0123, rho 0.99\nf = 1.23e-07 after 40 iterations (4 starts, the median one bold)"


def without_title(picture: np.ndarray, painter: ContourPainter) -> np.ndarray:
    """`(height, width, 3)`, black where the title is: that is drawn in another way, see test_title.py."""
    picture = picture[..., :3].copy()
    picture[painter.backdrop.title_room] = 0
    return picture


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
def test_the_quick_picture_is_the_one_drawn_from_scratch(name: str) -> None:
    """Paths inside, outside and divergent; as pyplot draws them, which is blind to where they leave for good."""
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
        drawn = painter.pixels(points, median, TITLE)
        assert np.array_equal(without_title(drawn, painter), without_title(pixels(expected), painter))
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
    drawn = painter.pixels(np.array([start, far])[:, :, None], 0, TITLE)
    assert np.array_equal(without_title(drawn, painter), without_title(pixels(expected), painter))


def test_the_path_is_white_dots_joined_by_a_line_and_the_rest_of_the_picture_stays() -> None:
    objective, starts = Bowl(), np.array([[0.9, -0.5], [0.7, 0.9]])
    painter = ContourPainter(objective, starts)
    points = descend(objective, GD(np.array([0.1, 0.3])), starts, 5).points
    empty = painter.pixels(np.full((1, 2, 2), np.nan), 0, "t\nt").copy()
    drawn = painter.pixels(points, 0, "t\nt")
    bold, faint = np.moveaxis(points, 2, 0)
    near = np.zeros(drawn.shape[:2], bool)
    for share in np.linspace(0.0, 1.0, 101):
        for path, reach in ((bold, 4), (faint, 2)):
            for point in path[:-1] + share * np.diff(path, axis=0):
                row, column = pixel_of(painter.backdrop, point)
                around(near, row, column, reach)[...] = True
                if path is bold:
                    assert (around(drawn, row, column) > 225).all(axis=-1).any()
    for point in bold:
        assert (drawn[pixel_of(painter.backdrop, point)] > 250).all()
    for point in faint[:2]:  # those that follow lie on the star
        at = pixel_of(painter.backdrop, point)
        assert (drawn[at].astype(int) - empty[at])[:3].max() > 40  # lighter than what is below it
        assert (drawn[at][:3] < 255).any()
    assert not (empty != drawn).any(axis=-1)[~near].any()
    assert len(scene_of(objective, window_of(objective)).levels) == LEVELS + 1


@pytest.mark.parametrize(
    ("size", "leaves_at"),
    [(1e3, (1.0, -1.0)), (1e150, (1.0, -1.0)), (np.inf, (0.9, -0.9)), (np.nan, (0.9, -0.9))],
)
def test_a_cross_marks_where_a_path_leaves_for_good(size: float, leaves_at: tuple[float, float]) -> None:
    points = np.array([[0.5, 0.5], [0.9, -0.9], [size, -size], [np.nan, np.nan]])[:, :, None]
    painter = ContourPainter(Bowl(), points[0])
    drawn = painter.pixels(points, 0, "far\naway")
    for point in (points[0, :, 0], (points[0] + points[1])[:, 0] / 2):
        assert (around(drawn, *pixel_of(painter.backdrop, point)) > 225).all(axis=-1).any()
    row, column = pixel_of(painter.backdrop, np.array(leaves_at))
    assert (drawn[row, column] > 250).all()
    ring = around(drawn, row, column, reach=6)[..., :3]
    assert (ring.max(axis=-1) < 60).sum() > 10  # the black rim of the cross
    nowhere = pixel_of(painter.backdrop, np.array([-0.5, 0.5]))
    assert not (around(drawn, *nowhere, reach=6)[..., :3].max(axis=-1) < 60).any()


@pytest.mark.parametrize("dim", [1, 3])
def test_more_than_two_dimensions_are_a_slice_and_said_so(dim: int) -> None:
    objective = Bowl(dim=dim)
    backdrop = ContourPainter(objective, Starts(count=3).at(objective)).backdrop
    assert ("slice through the minimizer, paths projected" in backdrop.note) == (dim == 3)
