"""Which figures a verdict has, and what their titles say."""

import numpy as np
import pytest
from support.pictures import Drawing, drawing_of
from support.verdicts import NAMES, chance, tables

from rmsprop_lab.base import Array
from rmsprop_lab.compare import Verdict, ecdf_table, verdict
from rmsprop_lab.evaluation.measures import STEPS
from rmsprop_lab.plots import ECDF, PROFILE, RANKS, SCORES
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.report.verdict_figures import verdict_figures

SEPARATE = 1.5 * np.arange(3)[None, :, None, None]


def judged(measures: Array, lost: bool = False) -> Verdict:
    """The verdict of scores; targets are reached the sooner the lower the score."""
    trials, runs, starts = tables(measures)
    score = starts["mean_log10_gap"].to_numpy()
    for k, name in enumerate(STEPS, start=1):
        steps = np.ceil(100 * np.exp(0.35 * k + 0.55 * score))
        starts[name] = np.where((steps <= 100) & (not lost), steps, np.inf)
    return verdict(trials, runs, starts.assign(outcome="diverged") if lost else starts)


def figures(found: Verdict) -> dict[str, Drawing]:
    return {name: drawing_of(draw) for name, draw in verdict_figures(found, "study", hues(NAMES))}


def title(drawn: Drawing) -> str:
    return drawn.figure.get_suptitle().replace("\n", " ")


def test_each_figure_says_what_it_shows_and_from_how_many_repeats_and_starts() -> None:
    found = judged(np.clip(chance((4, 3, 8, 6), 0) + SEPARATE, -8, 0))
    drawn = figures(found)
    assert list(drawn) == [SCORES, ECDF, PROFILE, RANKS]
    for one in drawn.values():
        assert title(one).startswith("study: ")
        assert "8 repeats of 6 starts" in title(one)
        assert one.overlaps() == []
        assert one.cut_off() == []
    assert "95 % intervals" in title(drawn[SCORES])
    assert "over 28 problems (7 targets on 4 objectives)" in title(drawn[PROFILE])
    assert "over 4 objectives (Friedman's test, p = " in title(drawn[RANKS])


def test_rows_are_in_the_order_of_the_ranking_with_its_ranks() -> None:
    found = judged(np.clip(chance((2, 3, 8, 6), 1) + SEPARATE * np.array([1, 0])[:, None, None, None], -8, 0))
    for axes, objective in zip(figures(found)[SCORES].figure.axes, ["f0", "f1"], strict=True):
        here = found.ranking[found.ranking["objective"] == objective]
        names, ranks = zip(*(label.get_text().split() for label in axes.get_yticklabels()), strict=True)
        assert list(names) == here["optimizer"].tolist()
        assert [int(rank.rstrip("=")) for rank in ranks] == here["rank"].tolist()
        assert [rank.endswith("=") for rank in ranks] == here["rank"].duplicated(keep=False).tolist()
        marks = [line.get_xdata()[0] for line in axes.lines if line.get_marker() in ("o", "s", "D")]
        np.testing.assert_array_equal(marks, here["score"])


def test_the_first_panel_of_runtimes_is_over_all_objectives() -> None:
    found = judged(np.clip(chance((3, 2, 5, 6), 2), -8, 0))
    axes = figures(found)[ECDF].figure.axes
    assert [each.get_title() for each in axes] == ["all 3 objectives", "f0", "f1", "f2"]
    table = ecdf_table(found.starts)
    for each, objective in zip(axes, ["", "f0", "f1", "f2"], strict=True):
        ends = table[table["objective"] == objective].groupby("optimizer", sort=False)["share"].last()
        assert [line.get_ydata()[-1] for line in each.lines] == ends.tolist()
    single = figures(judged(np.clip(chance((1, 2, 5, 6), 2), -8, 0)))[ECDF]
    assert [each.get_title() for each in single.figure.axes] == ["f0"]


@pytest.mark.parametrize(
    ("measures", "lost", "expected"),
    [
        (chance((2, 1, 5, 3), 0), False, set()),  # a single optimizer
        (chance((2, 2, 5, 3), 0) * 0, True, set()),  # every start diverged
        (np.full((2, 2, 5, 3), np.nan), False, set()),  # every run failed
        (chance((2, 2, 5, 3), 0) * 0, False, {SCORES}),  # no target was reached
        (chance((2, 3, 1, 3), 0) + SEPARATE, False, {SCORES, ECDF, PROFILE}),  # a single repeat
    ],
)
def test_a_figure_with_nothing_to_show_is_left_out(measures: Array, lost: bool, expected: set[str]) -> None:
    assert set(figures(judged(measures, lost))) == expected


def test_without_a_known_minimum_there_are_scores_and_ranks_alone() -> None:
    found = verdict(*tables(chance((4, 3, 8, 6), 0) + SEPARATE, "mean_value"))
    drawn = figures(found)
    assert list(drawn) == [SCORES, RANKS]
    assert "mean value" in drawn[SCORES].texts


def test_at_most_so_many_objectives_are_shown() -> None:
    found = judged(np.clip(chance((26, 2, 1, 2), 0), -8, 0))
    asked = {name: draw.args for name, draw in verdict_figures(found, "study", hues(NAMES))}  # drawing takes seconds
    assert len(asked[SCORES][0]) == len(asked[ECDF][0]) == 24
    assert asked[SCORES][-1].endswith("lower is better (24 of 26 objectives)")
    assert asked[ECDF][-1].endswith("(23 of 26 objectives)")


def test_problems_that_nobody_solves_are_counted_in_the_title() -> None:
    trials, runs, starts = tables(np.full((1, 2, 5, 3), -3.0))
    starts = starts.assign(**{name: np.inf for name in STEPS if name != "steps_to_1e-3"})
    found = verdict(trials, runs, starts)
    assert "over 7 problems (7 targets on 1 objective), 6 of which nobody solves" in title(figures(found)[PROFILE])
