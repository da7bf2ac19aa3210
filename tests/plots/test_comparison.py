"""Optimizers side by side."""

import numpy as np
import pytest
from support.pictures import drawing_of, is_hue

from rmsprop_lab import descend
from rmsprop_lab.evaluation.quantiles import median_start
from rmsprop_lab.objectives import Bowl, Himmelblau, MonkeySaddle, Rosenbrock
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots import comparison
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.plots.comparison import Panel, comparison_png


def test_a_comparison_shows_the_paths_and_gaps_of_each_optimizer_in_its_hue() -> None:
    starts = Starts(count=3).at(Himmelblau())
    traces = {"gd": descend(Himmelblau(), GD(0.01), starts, 20), "lost": descend(Himmelblau(), GD(9.0), starts, 20)}
    labels, hue = {"gd": "gd 0.01", "lost": "gd 9"}, hues(["gd", "lost"])
    both = Panel("himmelblau", Himmelblau(), starts, traces, labels)
    only_lost = Panel("himmelblau", Himmelblau(), starts, {"lost": traces["lost"]}, labels)
    drawn = drawing_of(lambda: comparison_png([both, only_lost], hue, "both"))
    paths, right, gaps, words = drawn.figure.axes
    shown = median_start(traces["gd"].values[-1])
    path = traces["gd"].points[1:, :, shown]
    beside = np.abs(path[:, :, None] - Himmelblau().minimizers).max(axis=1).min(axis=1) > 0.4  # the stars lie on top
    assert beside.sum() >= 2
    for x, y in path[beside]:
        assert drawn.has(paths, x, y, hue["gd"], reach=2)  # the lost path crosses it
    for iteration in range(1, 20):
        median = np.median(traces["gd"].values[iteration])
        assert drawn.has(gaps, iteration, median, hue["gd"], reach=2)
    assert drawn.has(paths, *starts[:, shown], hue["lost"], reach=3)
    beyond = round(right.get_window_extent().x0)
    assert not is_hue(drawn.picture[:, beyond:], hue["gd"]).any()
    assert [text.get_text() for text in words.texts] == ["every run diverged"]
    assert not words.axison
    (box,) = drawn.texts["every run diverged"]
    left, right = words.get_window_extent().intervalx
    assert left < box.x0 < box.x1 < right


def test_a_comparison_calls_a_gap_a_gap_and_a_value_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(comparison, "png_of", drawn.append)
    for objectives in ([MonkeySaddle(), Bowl()], [Bowl(), MonkeySaddle()]):
        starts = Starts(count=3).at(Bowl())
        panels = [Panel("", o, starts, {"gd": descend(o, GD(0.01), starts, 5)}, {"gd": "gd"}) for o in objectives]
        comparison.comparison_png(panels, hues(["gd"]), "")
    labels = [[axes.get_ylabel().partition(" ")[0] for axes in figure.axes[2:4]] for figure in drawn]
    assert labels == [["value", "gap"], ["gap", "value"]]


def test_gaps_up_to_the_largest_float_leave_the_chart_and_take_no_figure_with_them() -> None:
    """matplotlib's ticks of an axis up to 1e269 overflow."""
    objective, starts = Bowl(), np.array([[1.0, 2.0], [0.5, -1.0]])
    trace = descend(objective, GD(step_size=1e13), starts, n_iter=10)
    assert 1e255 < trace.values[-1].max() < np.inf
    panel = Panel("bowl", objective, starts, {"gd": trace}, {"gd": "gd"})
    assert comparison_png([panel], {"gd": "#000000"}, "").startswith(b"\x89PNG")


def test_floor_settings_and_signs_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The floor is drawn where gaps come near it; only signs that there are, are explained."""
    drawn = []
    monkeypatch.setattr(comparison, "png_of", drawn.append)
    objectives, starts = (Bowl(), Rosenbrock(), MonkeySaddle()), Starts(count=3).at(Bowl())
    label = "momentum step_size=0.00123, beta=0.987654, " + "another=0.123"
    panels = [Panel("", o, starts, {"gd": descend(o, GD(0.4), starts, 200)}, {"gd": label}) for o in objectives]
    comparison.comparison_png(panels, hues(["gd"]), "")
    comparison.comparison_png(
        [Panel("", Bowl(), starts, {"gd": descend(Bowl(), GD(0.01), starts, 5)}, {"gd": "gd"})], hues(["gd"]), ""
    )
    figure, near = drawn
    bowl, _, saddle = figure.axes[3:]
    assert bowl.get_xlabel() == "iteration (dashed: floor of rounding 1e-16)"
    assert [line.get_ydata()[0] for line in bowl.lines if line.get_linestyle() == "--"] == [1e-16]
    assert bowl.get_ylim()[0] < 1e-16
    assert saddle.get_xlabel() == "iteration"
    assert bowl.get_legend().texts[0].get_text().split() == label.split()
    assert [text.get_text() for text in figure.legends[0].texts] == [
        "minimizer", "quartiles", "a path leaves for good"
    ]  # fmt: skip
    assert near.axes[1].get_xlabel() == "iteration (floor of rounding 1e-16 is below)"
    assert near.axes[1].get_ylim()[0] > 1e-4
    assert [text.get_text() for text in near.legends[0].texts] == ["minimizer", "quartiles"]
