"""Pictures: the quick way is what pyplot draws from scratch, no path breaks one, and they show what they should."""

import io
from fractions import Fraction
from typing import Any

import matplotlib
import numpy as np
import pytest
from benchmarks.from_scratch import contour_by_pyplot
from PIL import Image
from support.catalogue import OBJECTIVES

from rmsprop_lab import descend
from rmsprop_lab.base import Objective, window_of
from rmsprop_lab.objectives import Bowl, Himmelblau, MonkeySaddle, Rosenbrock
from rmsprop_lab.optimizers import GD, Adam, RMSProp
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots import comparison
from rmsprop_lab.plots.colours import BEST, GREY, PALETTE, hues, shade
from rmsprop_lab.plots.comparison import Panel, comparison_png
from rmsprop_lab.plots.maps import map_png
from rmsprop_lab.plots.objective import LEVELS, contour_png, scene_of, surface_png
from rmsprop_lab.plots.paths import in_plane, path_in
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.scales import positions
from rmsprop_lab.plots.search.trials import trials_png

matplotlib.use("agg")  # for pyplot, which is only here
PLANE = {name: cls() for name, cls in sorted(OBJECTIVES.items()) if cls().dim == 2}
OTHERS = {"Bowl in 1": Bowl(dim=1), "Bowl in 3": Bowl(dim=3), "Logistic": OBJECTIVES["Logistic"]()}
QUICK = ("Bowl", "Himmelblau", "Rastrigin", "Rosenbrock", "Bowl in 1", "Bowl in 3")  # pyplot takes seconds for each
SCALES = ("linear", "log", "log_complement")
RESOLVED = 1e9  # window widths
WINDOW = np.array([[-1.0, 1.0], [-1.0, 1.0]])
TITLE = "name: rule, step_size 0.0123, rho 0.99\nf = 1.23e-07 after 40 iterations (4 starts, the median one bold)"


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def without_title(picture: np.ndarray, painter: ContourPainter) -> np.ndarray:
    """`(height, width, 3)`, black where the title is: that is drawn in another way, see test_drawing.py."""
    picture = picture[..., :3].copy()
    picture[painter.backdrop.title_room] = 0
    return picture


def is_hue(picture: np.ndarray, hue: str) -> np.ndarray:
    """Where a picture has exactly this hue."""
    return (picture == [int(hue[i : i + 2], 16) for i in (1, 3, 5)]).all(axis=-1)


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
    assert len(scene_of(objective, window_of(objective)).levels) == LEVELS + 1


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


def test_a_comparison_shows_the_paths_and_gaps_of_each_optimizer_in_its_hue() -> None:
    starts = Starts(count=3).at(Himmelblau())
    traces = {"gd": descend(Himmelblau(), GD(0.01), starts, 20), "lost": descend(Himmelblau(), GD(9.0), starts, 20)}
    labels, hue = {"gd": "gd 0.01", "lost": "gd 9"}, hues(["gd", "lost"])
    both = Panel("himmelblau", Himmelblau(), starts, traces, labels)
    only_lost = Panel("himmelblau", Himmelblau(), starts, {"lost": traces["lost"]}, labels)
    picture = pixels(comparison_png([both, only_lost], hue, "both"))
    height, width = np.array(picture.shape[:2]) // 2
    top, bottom = picture[:height, :width], picture[height:, :width]
    for part in (top, bottom):
        assert is_hue(part, hue["gd"]).sum() > 30
    assert is_hue(top, hue["lost"]).any()
    assert not is_hue(picture[:, width:], hue["gd"]).any()
    words = picture[height + 40 :, width + 40 :]  # `every run diverged` and nothing else
    assert not is_hue(words, hue["lost"]).any()
    assert 100 < (words.min(axis=-1) < 128).sum() < 2000


def test_a_comparison_calls_a_gap_a_gap_and_a_value_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(comparison, "png_of", drawn.append)
    for objectives in ([MonkeySaddle(), Bowl()], [Bowl(), MonkeySaddle()]):
        starts = Starts(count=3).at(Bowl())
        panels = [Panel("", o, starts, {"gd": descend(o, GD(0.01), starts, 5)}, {"gd": "gd"}) for o in objectives]
        comparison.comparison_png(panels, hues(["gd"]), "")
    labels = [[axes.get_ylabel().partition(" ")[0] for axes in figure.axes[2:4]] for figure in drawn]
    assert labels == [["value", ""], ["gap", "value"]]


def test_names_are_no_mathematics() -> None:
    """`$name$` is wider than `name`; as mathematics it would be slanted, and `\\unknown` an error."""
    starts, scales = Starts(count=1).at(Bowl()), dict.fromkeys("xy", "linear")
    traces, grids = {"gd": descend(Bowl(), GD(0.1), starts, 5)}, {key: [1.0, 2.0] for key in "xy"}
    drawings = [
        lambda name: contour_png(Bowl(), name),
        lambda name: surface_png(Bowl(), name),
        lambda name: comparison_png([Panel(name, Bowl(), starts, traces, {"gd": "gd"})], hues(["gd"]), name),
        lambda name: map_png(np.eye(2), grids, scales, {"x": 1.0, "y": 2.0}, name, ""),
    ]
    for draw in drawings:
        bare, dollars = ((pixels(draw(name))[:20] < 128).any(axis=(0, 2)).sum() for name in ("name", "$name$"))
        assert dollars > bare + 5  # columns with ink
        draw("$\\unknown$")


def test_the_usual_optimizers_always_have_their_hues_and_others_take_what_is_left() -> None:
    usual = ("gd", "adagrad", "rmsprop", "momentum", "adam", "nesterov")
    assert hues(usual) == dict(zip(usual, PALETTE[:6], strict=True))
    assert list(hues(["b", "a", "b"]).items()) == [("b", PALETTE[0]), ("a", PALETTE[1])]
    assert hues(["mine", "gd", "rmsprop"]) == {"gd": PALETTE[0], "rmsprop": PALETTE[2], "mine": PALETTE[1]}
    assert len(set(hues(["mine", "gd", "adagrad", "rmsprop", "adam", "yours"]).values())) == 6


@pytest.mark.parametrize("hue", PALETTE)
def test_shades_of_a_hue_go_from_dark_to_light(hue: str) -> None:
    light = [sum(int(shade(hue, at)[i : i + 2], 16) for i in (1, 3, 5)) for at in (-1, 0, 0.25, 0.5, 0.75, 1, 2)]
    assert light == sorted(light)
    assert len(set(light)) == 5


@pytest.mark.parametrize("scale", SCALES)
def test_larger_numbers_stand_higher_on_every_scale(scale: Any) -> None:
    low, middle, high = positions([0.1, 0.5, 0.9], scale)
    assert low < middle < high
    assert np.isnan(positions([np.nan], scale)).all()


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


def test_trials_have_a_star_at_the_winner_on_every_axis() -> None:
    space = {"a": Range(1e-3, 1.0, "log"), "rho": Range(0.5, 0.999, "log_complement"), "c": Range(values=(0.0, 1.0))}
    at = np.linspace(0, 1, 9)
    columns = {"a": 10 ** (3 * at - 3), "rho": np.array([space["rho"].at(u) for u in at]), "c": np.round(at)}
    scores = np.where(at == 0, np.inf, at)

    def stars(best: int) -> list[float]:
        picture = pixels(trials_png(space, columns, scores, best, "", ""))
        assert is_hue(picture, GREY).any()
        columns_with_it = np.flatnonzero(is_hue(picture, BEST).any(axis=0))
        parts = np.split(columns_with_it, np.flatnonzero(np.diff(columns_with_it) > 20) + 1)
        return [float(part.mean()) for part in parts]

    low, middle, high = stars(1), stars(4), stars(7)
    for panel in (0, 1, 3):  # the slices of a and rho, and the contour plot
        assert middle[panel] > low[panel] + 20
        assert middle[panel] - low[panel] == pytest.approx(high[panel] - middle[panel], abs=2)
    assert high[2] > low[2] + 20


def test_what_a_search_saw_is_drawn(lab, tmp_path) -> None:
    lab("objective=[bowl,rosenbrock]", "optimizer=[gd,rmsprop]", "search=grid", "n_iter=20", "tracking=none")
    figures = tmp_path / "outputs/study/figures"
    sensitivity = pixels((figures / "sensitivity.png").read_bytes())
    for hue in hues(["gd", "rmsprop"]).values():
        assert is_hue(sensitivity, hue).sum() > 100
    assert (figures / "bowl_rmsprop_map.png").exists()
    assert (figures / "rosenbrock_rmsprop_map.png").exists()
    assert not (figures / "bowl_gd_map.png").exists()
    lab("objective=bowl", "optimizer=gd", "tracking=none", "name=single")
    assert not (tmp_path / "outputs/single/figures/sensitivity.png").exists()
