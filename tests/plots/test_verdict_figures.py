"""What a verdict says, drawn: each mark is where its numbers are, in the hue of its optimizer."""

from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.container import ErrorbarContainer
from support.pictures import Drawing, drawing_of

from rmsprop_lab.plots.colours import hues
from rmsprop_lab.plots.verdict.ecdf import ecdf_png
from rmsprop_lab.plots.verdict.grid import columns_of
from rmsprop_lab.plots.verdict.looks import looks
from rmsprop_lab.plots.verdict.profile import profile_png
from rmsprop_lab.plots.verdict.ranks import ranks_png
from rmsprop_lab.plots.verdict.scores import Panel, Row, scores_png

HUES = hues(["gd", "rmsprop", "adam"])


def row(optimizer: str, score: float, half: float, rank: str, lost: bool = False) -> Row:
    return Row(optimizer, score, score - half, score + half, score + half * np.array([-1.2, 0.0, 1.2]), rank, lost)


def of_scores(rows: Sequence[Row], limits: tuple[float, float] | None = (-8.0, 0.0)) -> tuple[Drawing, Axes]:
    drawn = drawing_of(lambda: scores_png([Panel("bowl", rows, "score", limits)], HUES, ""))
    return drawn, drawn.figure.axes[0]


def test_marks_whiskers_and_repeats_are_at_their_scores_in_the_hue_of_their_optimizer() -> None:
    given = [row("rmsprop", -5.0, 0.5, "1"), row("gd", -3.0, 0.8, "2="), row("adam", -2.0, 0.7, "2=")]
    drawn, axes = of_scores(given)
    for at, each in enumerate(given):
        for x in (each.score, each.low, each.high, each.score + 0.7 * (each.high - each.score)):
            assert drawn.has(axes, x, at, HUES[each.optimizer])
        assert not drawn.has(axes, each.high + 0.2, at, HUES[each.optimizer])
        dots = [line for line in axes.lines if line.get_alpha() == 0.5][at]
        assert to_hex(dots.get_color()).upper() == HUES[each.optimizer]
        np.testing.assert_array_equal(dots.get_xdata(), each.repeats)
        assert (at < dots.get_ydata()).all() and (dots.get_ydata() < at + 0.5).all()
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["rmsprop  1", "gd  2=", "adam  2="]
    assert axes.yaxis_inverted()


def test_ranks_stand_beside_their_rows() -> None:
    drawn, axes = of_scores([row("rmsprop", -5.0, 0.5, "1"), row("gd", -3.0, 0.8, "2="), row("adam", -2.0, 0.7, "2=")])
    for place, name in enumerate(("rmsprop  1", "gd  2=", "adam  2=")):
        (box,) = drawn.texts[name]
        assert (box.y0 + box.y1) / 2 == pytest.approx(axes.transData.transform((0, place))[1], abs=3)
        assert box.x1 < axes.get_window_extent().x0
    assert "gd" in of_scores([row("gd", -3.0, 0.8, "")])[0].texts


def test_with_one_repeat_there_are_neither_whiskers_nor_dots() -> None:
    _, axes = of_scores([Row("gd", -3.0, np.nan, np.nan, np.array([-3.0]), "", False)])
    assert not [found for found in axes.containers if isinstance(found, ErrorbarContainer)]
    assert [line.get_xdata()[0] for line in axes.lines] == [-3.0]


def test_who_lost_every_start_has_a_cross_and_who_failed_is_said_to_have_failed() -> None:
    failed = Row("adam", np.inf, np.nan, np.nan, np.array([-3.0, np.inf]), "", False)
    drawn, axes = of_scores([row("rmsprop", -5.0, 0.5, "1"), row("gd", 0.0, 0.0, "2", lost=True), failed])
    assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "x"] == [0.0]
    (box,) = drawn.texts["failed"]
    assert abs((box.y0 + box.y1) / 2 - axes.transData.transform((0, 2))[1]) < 3
    only, bare = of_scores([failed])
    assert not bare.lines
    assert "score" not in only.texts


@pytest.mark.parametrize("score", [-8.0, -7.95, -4.0, 0.0])
def test_what_is_equal_looks_equal_and_no_axis_shows_scores_that_there_cannot_be(score: float) -> None:
    _, axes = of_scores([row("gd", score, 0.001, "1="), row("adam", score, 0.001, "1=")])
    low, high = axes.get_xlim()
    assert high - low >= 1.0
    assert -8.1 < low < score < high < 0.1
    _, wide = of_scores([row("gd", -4.0, 30.0, "1="), row("adam", -3.0, 0.1, "1=")])  # two repeats
    assert -9.0 < wide.get_xlim()[0] < wide.get_xlim()[1] < 1.0


def test_values_that_run_away_have_a_logarithmic_axis() -> None:
    rows = [Row("gd", -1e30, np.nan, np.nan, np.array([-1e30]), "", False)]
    rows += [Row(name, value, np.nan, np.nan, np.array([value]), "", False) for name in HUES for value in (-1.0, -2.0)]
    _, axes = of_scores(rows, None)
    assert (axes.get_xscale(), axes.get_yscale()) == ("symlog", "linear")


def test_a_runtime_is_a_staircase_in_the_hue_of_its_optimizer() -> None:
    curves = {"gd": (np.array([0.0, 4, 100]), np.array([0.1, 0.5, 0.5])), "rmsprop": (np.array([0.0, 30, 100]),) * 2}
    curves["rmsprop"] = (np.array([0.0, 30.0, 100.0]), np.array([0.0, 0.9, 0.9]))
    drawn = drawing_of(lambda: ecdf_png({"bowl": curves, "booth": curves}, HUES, ""))
    for axes in drawn.figure.axes:
        for evaluations in np.geomspace(1, 95, 40):
            assert drawn.has(axes, evaluations, 0.1 if evaluations < 4 else 0.5, HUES["gd"], reach=4)
        assert drawn.has(axes, 4, 0.3, HUES["gd"], reach=4)
        assert not drawn.has(axes, 3, 0.3, HUES["gd"], reach=4)
        assert drawn.has(axes, 60, 0.9, HUES["rmsprop"], reach=6)
        assert (axes.get_xscale(), axes.get_xlim()[1]) == ("log", 100)
    (legend,) = drawn.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["gd", "rmsprop"]  # adam has no curve
    assert legend.get_window_extent().y1 < min(axes.get_window_extent().y0 for axes in drawn.figure.axes)


@pytest.mark.parametrize("end", [1.0, 3.0, 40.0, 1e9])
def test_a_profile_goes_on_to_the_right_and_has_ticks_that_can_be_read(end: float) -> None:
    curves = {
        "gd": (np.array([1.0]), np.array([1.0])),
        "adam": (np.unique([1.0, end]), np.array([0.25, 0.75])[-len({1, end}) :]),
    }
    drawn = drawing_of(lambda: profile_png(curves, HUES, ""))
    (axes,) = drawn.figure.axes
    assert drawn.has(axes, 1.0, 1.0, HUES["gd"], reach=5)
    assert drawn.has(axes, 0.98 * axes.get_xlim()[1], 0.75, HUES["adam"], reach=7)
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert 2 <= len(labels) <= 8
    assert labels[0] == "1×"
    assert drawn.overlaps() == []


def test_a_rank_diagram_shows_ranks_groups_and_the_critical_difference() -> None:
    names, ranks, groups = ["rmsprop", "gd", "adam"], np.array([1.2, 2.0, 2.8]), [(0, 1), (1, 2)]
    drawn = drawing_of(lambda: ranks_png(names, ranks, 0.9, groups, HUES, ""))
    (axes,) = drawn.figure.axes
    for name, rank in zip(names, ranks, strict=True):
        assert drawn.has(axes, rank, 0.0, HUES[name], reach=2)
    bars = [line.get_xdata() for line in axes.lines if line.get_linewidth() == 4]
    np.testing.assert_allclose(bars, [[1.2, 2.0], [2.0, 2.8]], atol=0.05)
    (difference,) = (line for line in axes.lines if line.get_marker() == "|")
    assert np.ptp(difference.get_xdata()) == pytest.approx(0.9)
    assert "critical difference 0.90" in drawn.texts
    left, right = axes.get_window_extent().intervalx
    assert all(drawn.texts[text][0].x1 < left for text in ("rmsprop  1.20", "gd  2.00"))
    assert drawn.texts["2.80  adam"][0].x0 > right


def test_looks_differ_where_hues_repeat() -> None:
    many = looks(hues([f"optimizer_{place}" for place in range(30)]))
    assert len({(look.hue, look.marker, str(look.line)) for look in many.values()}) == 30
    assert len({look.marker for look in [*many.values()][:10]}) == 10


@pytest.mark.parametrize("count", range(1, 26))
def test_a_grid_is_at_most_five_wide_and_has_few_gaps(count: int) -> None:
    columns = columns_of(count)
    assert columns <= 5
    assert -count % columns <= (1 if count <= 12 else 3)
