"""Which of two is better, equal or unknown: against SciPy's paired test, and in the cases that a formula forgets."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from support.verdicts import NAMES, Tables, chance, tables

from rmsprop_lab import InputError
from rmsprop_lab.base import Array
from rmsprop_lab.compare import holm, judged_runs, pair_table, repeat_scores, start_rows


def compared(given: Tables, **settings: Any) -> pd.DataFrame:
    trials, runs, starts = given
    judged = judged_runs(trials, optimizers=[name for name in NAMES if name in set(trials["optimizer"])])
    return pair_table(repeat_scores(judged, runs), start_rows(judged, starts, runs), **settings)


def of_scores(*scores: list[float], score: str = "mean_log10_gap", **settings: Any) -> dict[str, Any]:
    """The comparison of two optimizers by their scores in each repeat, each from two starts."""
    measures = np.repeat(np.array(scores)[None, :, :, None], 2, axis=3)
    (row,) = compared(tables(measures, score), **settings).to_dict("records")
    return row


def test_every_number_is_that_of_a_paired_test_in_scipy() -> None:
    measures = chance((2, 4, 6, 9), seed=1) + np.array([0.0, 0.3, 1.0, 1.1])[:, None, None]
    means = measures.mean(axis=3)
    table = compared(tables(measures))
    assert len(table) == 2 * 6
    for row in table.to_dict("records"):
        place = int(row["objective"][1:])
        better, worse = NAMES.index(row["better"]), NAMES.index(row["worse"])
        expected = stats.ttest_rel(means[place, worse], means[place, better])
        interval = expected.confidence_interval(0.95)
        found = [row[name] for name in ("p_value", "difference", "difference_low", "difference_high")]
        difference = (means[place, worse] - means[place, better]).mean()
        np.testing.assert_allclose(found, [expected.pvalue, difference, *interval], rtol=1e-9)
        one, other = measures[place, better], measures[place, worse]
        assert row["probability"] == pytest.approx(((one < other) + 0.5 * (one == other)).mean())
        assert row["difference"] >= 0
        assert row["repeats"] == 6
    for _, group in table.groupby("objective"):
        np.testing.assert_allclose(group["p_holm"], holm(group["p_value"].to_numpy()))


def test_equality_is_shown_by_two_one_sided_tests() -> None:
    rng = np.random.default_rng(2)
    for spread in (0.05, 0.2, 0.3, 0.4):
        scores = rng.normal(-3, spread, (2, 6))
        row = of_scores(*scores.tolist())
        differences = scores[1] - scores[0]
        above = stats.ttest_1samp(differences, -0.2, alternative="greater").pvalue
        below = stats.ttest_1samp(differences, 0.2, alternative="less").pvalue
        assert (row["relation"] == "equal") == (max(above, below) < 0.05)
    between = (0.5, 0.0, 0.1, -0.1, 0.15)  # the 90 % interval lies inside, that of 95 % does not
    row = of_scores(FIVE, [score + 0.5 * jitter for score, jitter in zip(FIVE, between, strict=True)])
    assert (row["relation"], row["difference_high"] > 0.2) == ("equal", True)


FIVE = [-3.0, -3.1, -2.9, -3.2, -2.8]


@pytest.mark.parametrize(
    ("shift", "relation", "p_value"), [(0.0, "equal", 1.0), (0.1, "equal", 0.0), (0.5, "better", 0.0)]
)
def test_identical_differences_are_sure(shift: float, relation: str, p_value: float) -> None:
    row = of_scores(FIVE, [score + shift for score in FIVE])
    assert (row["better"], row["worse"], row["relation"]) == ("gd", "adam", relation)
    assert row["p_value"] == pytest.approx(p_value, abs=1e-30)
    assert row["difference"] == pytest.approx(shift, abs=1e-12)
    assert row["difference_high"] - row["difference_low"] == pytest.approx(0, abs=1e-12)
    assert row["probability"] == (1.0 if shift else 0.5)


def test_a_difference_that_does_not_matter_is_no_better() -> None:
    near = [score + 0.15 + jitter for score, jitter in zip(FIVE, (0.01, -0.01, 0.02, 0, -0.02), strict=True)]
    assert of_scores(FIVE, near)["p_holm"] < 0.001
    assert of_scores(FIVE, near)["relation"] == "equal"
    assert of_scores(FIVE, near, delta=0.1)["relation"] == "better"
    assert of_scores(near, FIVE, delta=0.1)["better"] == "adam"


def test_without_decades_the_test_decides_alone_and_nothing_is_equal() -> None:
    near = [score + 0.01 + 1e-4 * place for place, score in enumerate(FIVE)]
    assert of_scores(FIVE, near, score="mean_value")["relation"] == "better"
    assert of_scores(FIVE, FIVE, score="mean_value")["relation"] == "unknown"
    last_bits = [np.nextafter(score, 0.0) for score in FIVE]
    assert of_scores(FIVE, last_bits, score="mean_value")["p_value"] == 1.0


def test_one_repeat_has_a_difference_and_nothing_more() -> None:
    row = of_scores([-2.0], [-3.0])
    assert (row["better"], row["relation"], row["difference"], row["repeats"]) == ("adam", "unknown", 1.0, 1)
    unsure = ("p_value", "p_holm", "difference_low", "difference_high")
    assert np.isnan([row[name] for name in unsure]).all()
    assert row["probability"] == 1.0


def test_fewer_than_five_repeats_say_nothing() -> None:
    assert of_scores(FIVE[:4], FIVE[:4])["relation"] == "unknown"
    four = of_scores(FIVE[:4], [score + 1 for score in FIVE[:4]])
    assert (four["relation"], four["p_value"]) == ("unknown", pytest.approx(0, abs=1e-30))
    assert of_scores(FIVE[:4], [score + 1 for score in FIVE[:4]], fewest=2)["relation"] == "better"


def test_who_failed_in_a_repeat_is_compared_with_nobody() -> None:
    measures = chance((1, 3, 5, 4), seed=3)
    measures[0, 0, 2] = np.nan
    table = compared(tables(measures)).set_index(["better", "worse"])
    numbers = ["difference", "difference_low", "difference_high", "p_value", "p_holm"]
    assert table.loc[table.index.get_level_values("worse") == "gd", numbers].isna().all(axis=None)
    assert (table["relation"] == "unknown").sum() >= 2
    (other,) = (row for pair, row in table.iterrows() if "gd" not in pair)
    assert other["p_holm"] == other["p_value"]  # a family of one


def test_only_repeats_that_both_have_are_compared() -> None:
    measures = chance((1, 2, 7, 4), seed=4)
    trials, runs, starts = tables(measures)
    there = ~((trials["optimizer"] == "gd") & (trials["repeat"] > 4))
    (row,) = compared((trials[there], runs, starts)).to_dict("records")
    (first,) = compared(tables(measures[:, :, :5])).to_dict("records")
    assert row == first
    assert row["repeats"] == 5


def test_who_is_not_on_an_objective_is_not_compared_there_and_other_repeats_are_none() -> None:
    trials, runs, starts = tables(chance((2, 3, 6, 4), seed=5))
    absent = (trials["optimizer"] == "gd") & (trials["objective"] == "f1")
    assert compared((trials[~absent], runs, starts)).value_counts("objective").to_dict() == {"f0": 3, "f1": 1}
    apart = (trials["optimizer"] == "gd") == (trials["repeat"] < 3)
    pairs = compared((trials[apart], runs, starts))
    assert len(pairs) == 6
    assert pairs.loc[(pairs[["better", "worse"]] == "gd").any(axis=1), "repeats"].tolist() == [0] * 4


@pytest.mark.parametrize("delta", [0.0, -1.0, np.nan, np.inf, "0.2", None, True])
def test_a_delta_that_is_none_is_refused(delta: Any) -> None:
    with pytest.raises(InputError, match="delta: expected a number > 0"):
        of_scores(FIVE, FIVE, delta=delta)


def test_probability_counts_ties_as_half() -> None:
    measures: Array = np.zeros((1, 2, 1, 4))
    measures[0, 0, 0] = [-1, -2, -3, -4]
    measures[0, 1, 0] = [-1, -1, -4, 0]
    (row,) = compared(tables(measures)).to_dict("records")
    assert (row["better"], row["probability"]) == ("gd", (2 + 0.5) / 4)
