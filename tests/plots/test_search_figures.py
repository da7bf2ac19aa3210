"""What the searches of a study saw: each mark is where its numbers are, in the hue of its optimizer."""

import numpy as np
import pandas as pd
import pytest
from support.pictures import drawing_of, is_hue

from rmsprop_lab.plots.colours import hues
from rmsprop_lab.plots.search.budget import budget_png
from rmsprop_lab.plots.search.importance import importance_png
from rmsprop_lab.plots.search.sensitivity import sensitivity_png

HUES = hues(["gd", "rmsprop"])


def test_the_lowest_score_at_each_step_size_has_the_hue_of_its_optimizer() -> None:
    scores = {"gd": [-1.0, -3.0, np.inf], "rmsprop": [-2.0, -5.0, -4.0]}
    steps = [0.01, 0.1, 1.0]
    rows = [
        {"optimizer": name, "step_size": step, "score": score + worse, "outcome": "ok" if score < 0 else "failed"}
        for name, values in scores.items()
        for step, score in zip(steps, values, strict=True)
        for worse in (0.0, 2.5)
    ]
    drawn = drawing_of(lambda: sensitivity_png({"bowl": pd.DataFrame(rows)}, HUES, "", {"bowl": "score"}, joined=False))
    (axes,) = drawn.figure.axes
    for name, values in scores.items():
        for step, score in zip(steps, values, strict=True):
            if np.isfinite(score):
                assert drawn.has(axes, step, score, HUES[name])
                assert not drawn.has(axes, step, score + 0.5, HUES[name])
    assert drawn.has(axes, 1.0, 0.0, HUES["gd"])  # a cross one above the highest of the lowest scores
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["gd", "rmsprop"]


def budget(
    best: np.ndarray, expected: np.ndarray | float = np.nan, repeats: int = 1, lost: float = 0.0
) -> pd.DataFrame:
    """Rows of `budget.csv` for both optimizers; RMSProp is four better, and loses nothing."""
    tables = []
    for name, below, share in (("gd", 0.0, lost), ("rmsprop", 4.0, 0.0)):
        table = pd.DataFrame({"trials": np.arange(len(best)) + 1, "best_so_far": best - below})
        spread = {"best_so_far_low": best - below - 0.8, "best_so_far_high": best - below + 0.8}
        given = {"optimizer": name, "expected_best": expected - below, "lost": share, "repeats": repeats}
        tables.append(table.assign(**spread, **given))
    return pd.concat(tables, ignore_index=True)


def test_a_budget_buys_the_expected_best() -> None:
    expected, happened = np.array([0.0, -2.0, -3.0, -3.5]), np.array([-1.0, -1.0, -3.5, -3.5])
    panels = {"bowl": budget(happened, expected)}
    drawn = drawing_of(lambda: budget_png(panels, HUES, "", {"bowl": "score"}))
    (axes,) = drawn.figure.axes
    for name, below in (("gd", 0.0), ("rmsprop", 4.0)):
        for trials, best in enumerate(expected, start=1):
            assert drawn.has(axes, trials + (trials == 1) * 0.02, best - below, HUES[name], reach=2)
        assert not drawn.has(axes, 1.5, -2.0 - below, HUES[name], reach=2)


def test_a_search_that_learns_is_a_stair_in_the_band_of_its_repeats() -> None:
    panels = {"bowl": budget(np.array([0.0, -1.0, -1.0, -2.0]), repeats=3)}
    drawn = drawing_of(lambda: budget_png(panels, HUES, "", {"bowl": "score"}))
    (axes,) = drawn.figure.axes
    for name, below in (("gd", 0.0), ("rmsprop", 4.0)):
        assert drawn.has(axes, 2.5, -1.0 - below, HUES[name])
        assert not drawn.has(axes, 1.5, -0.5 - below, HUES[name])  # a line from point to point would be here
        row, column = drawn.at(axes, 2.3, -1.6 - below)
        beyond = drawn.picture[drawn.at(axes, 2.3, -2.15 - below)]
        assert tuple(beyond) == (255, 255, 255) != tuple(drawn.picture[row, column])


def test_lost_trials_are_a_share_in_the_legend_of_their_objective() -> None:
    best = np.array([0.0, -1.0])
    shares = {"bowl": 0.0, "beale": 0.421, "booth": 0.001}
    panels = {name: budget(best, lost=share) for name, share in shares.items()}
    drawn = drawing_of(lambda: budget_png(panels, HUES, "", dict.fromkeys(panels, "score")))
    legends = [axes.get_legend() for axes in drawn.figure.axes]
    told = [[text.get_text() for text in legend.get_texts()] for legend in legends]
    assert told == [["gd", "rmsprop"], ["gd: 42% lost"], ["gd: <1% lost"]]


def test_whiskers_go_over_all_repeats() -> None:
    drawn = drawing_of(lambda: importance_png({("bowl", "gd"): {"step_size": [0.2, 0.9, 0.7]}}, HUES, ""))
    (axes,) = drawn.figure.axes
    assert drawn.has(axes, 0.8, 0.0, "#000000")
    assert drawn.has(axes, 0.3, 0.0, "#000000")
    assert not drawn.has(axes, 0.95, 0.0, "#000000")
    assert drawn.has(axes, 0.55, 0.3, HUES["gd"])
    assert not drawn.has(axes, 0.65, 0.3, HUES["gd"])  # the mean is 0.6


def test_bars_are_as_long_as_the_shares_and_in_the_hue_of_their_optimizer() -> None:
    shares = {("bowl", "gd"): {"step_size": [0.9]}, ("bowl", "rmsprop"): {"step_size": [0.25], "rho": [0.75]}}
    drawn = drawing_of(lambda: importance_png(shares, HUES, ""))
    (axes,) = drawn.figure.axes
    width = drawn.at(axes, 1.0, 0.0)[1] - drawn.at(axes, 0.0, 0.0)[1]
    for row, (name, share) in enumerate([("gd", 0.9), ("rmsprop", 0.25), ("rmsprop", 0.75)]):
        bar = np.flatnonzero(is_hue(drawn.picture, HUES[name])[drawn.at(axes, 0.0, row)[0]])
        assert np.ptp(bar) / width == pytest.approx(share, abs=0.02)
