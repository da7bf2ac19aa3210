"""A ranking depends on the numbers alone: not on the order of rows, nor on what the optimizers are called."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from rmsprop_lab.compare.ranking import LABELS, TIE_BREAKERS, best_runs, best_trials, mean_ranks
from rmsprop_lab.evaluation.measures import MEANS

OBJECTIVES, OPTIMIZERS = ("bowl", "camel"), ("gd", "adam", "rmsprop")
few = settings(max_examples=15, deadline=None)
Tables = tuple[pd.DataFrame, pd.DataFrame]


@st.composite
def searches(draw: st.DrawFn) -> Tables:
    """Winners, one to three for each optimizer on each objective, and their runs; many scores are equal or lost."""
    rows: list[dict[str, Any]] = []
    for objective, optimizer in itertools.product(OBJECTIVES, OPTIMIZERS):
        for _ in range(draw(st.integers(1, 3))):
            breakers = {name: draw(st.sampled_from([1.0, 2.0, np.nan])) for name in TIE_BREAKERS}
            score = draw(st.sampled_from([-3.0, -2.0, -1.0, np.inf]))
            rows.append({"objective": objective, "optimizer": optimizer, "score": score, "outcome": "ok", **breakers})
            rows[-1] |= dict.fromkeys(MEANS.values(), np.nan) | {"mean_log10_gap": score}
    table = pd.DataFrame(rows)
    table["trial"] = table["run_key"] = range(len(table))  # trials that nothing tells apart keep their order
    runs = table[["run_key", *LABELS, "outcome", *MEANS.values(), *TIE_BREAKERS]]
    return table[[*LABELS, "trial", "run_key", "score"]], runs


def ranking(winners: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    return best_runs(winners, runs).sort_values(LABELS, ignore_index=True)


def shuffled(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    return table.sample(frac=1.0, random_state=seed, ignore_index=True)


@few
@given(tables=searches(), seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_no_ranking(tables: Tables, seed: int) -> None:
    winners, runs = tables
    again = ranking(shuffled(winners, seed), shuffled(runs, seed + 1))
    pd.testing.assert_frame_equal(again, ranking(winners, runs))
    again = best_trials(shuffled(winners, seed), shuffled(runs, seed)).sort_values(LABELS, ignore_index=True)
    pd.testing.assert_frame_equal(again, best_trials(winners, runs).sort_values(LABELS, ignore_index=True))


@few
@given(tables=searches(), names=st.permutations(OPTIMIZERS))
def test_other_names_change_nothing_but_the_names(tables: Tables, names: Sequence[str]) -> None:
    winners, runs = tables
    other = dict(zip(OPTIMIZERS, names, strict=True))
    renamed = [table.replace({"optimizer": other}) for table in tables]
    expected = ranking(winners, runs).replace({"optimizer": other}).sort_values(LABELS, ignore_index=True)
    pd.testing.assert_frame_equal(ranking(*renamed), expected)
    means, again = mean_ranks(best_runs(winners, runs)), mean_ranks(best_runs(*renamed))
    assert {other[name]: rank for name, rank in means.items()} == again.to_dict()


@few
@given(tables=searches())
def test_ranks_follow_the_scores_and_are_equal_where_nothing_tells_apart(tables: Tables) -> None:
    best = best_runs(*tables)
    for _, group in best.groupby("objective"):
        rows = group[["rank", "score", *TIE_BREAKERS]].to_numpy()
        for one, other in itertools.permutations(rows, 2):
            assert one[0] >= other[0] or one[1] <= other[1]
            assert (one[0] == other[0]) == np.array_equal(one[1:], other[1:], equal_nan=True)
        assert group["rank"].tolist() == [1 + int((group["rank"] < rank).sum()) for rank in group["rank"]]


@few
@given(tables=searches())
def test_of_repeats_the_lower_median_is_shown_between_the_best_and_the_worst(tables: Tables) -> None:
    winners, runs = tables
    best = best_runs(winners, runs).set_index(LABELS)
    for pair, group in winners.groupby(LABELS):
        scores = sorted(group["score"])
        row = best.loc[pair]
        found = [row["score_low"], row["score"], row["score_high"]]
        assert found == [scores[0], scores[(len(scores) - 1) // 2], scores[-1]]
        assert row["repeats"] == len(scores)


def test_who_was_lost_on_one_objective_has_no_mean_rank() -> None:
    """Its rank on the others alone would be that of another comparison."""
    rows = [
        ("bowl", "gd", 1, "ok"),
        ("bowl", "adam", 2, "ok"),
        ("camel", "adam", 1, "ok"),
        ("camel", "gd", 2, "failed"),
    ]
    means = mean_ranks(pd.DataFrame(rows, columns=["objective", "optimizer", "rank", "outcome"]))
    assert means.index.tolist() == ["adam", "gd"]
    assert means["adam"] == 1.5
    assert np.isnan(means["gd"])


def test_where_all_were_lost_nobody_has_a_mean_rank() -> None:
    rows = [("bowl", name, 1, outcome) for name, outcome in (("gd", "failed"), ("adam", "diverged"))]
    assert mean_ranks(pd.DataFrame(rows, columns=["objective", "optimizer", "rank", "outcome"])).isna().all()
