"""Friedman's test and Nemenyi's critical difference, against SciPy, scikit-posthocs and published tables."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from rmsprop_lab.base import Array
from rmsprop_lab.compare import critical_difference, friedman, objectives_needed, overall_sentence, overall_table
from rmsprop_lab.compare.friedman import shared_ranks

# Scores of five optimizers on nine objectives, and what SciPy 1.17 and scikit-posthocs 0.17.1 say of them.
SCORES = np.array(
    [
        [2.04, -1.96, 1.62, 1.23, 1.95],
        [-0.22, -1.42, 0.97, 0.93, 5.72],
        [0.23, 0.25, 0.92, 1.13, 1.34],
        [-0.39, 1.08, 0.96, 2.76, 2.2],
        [0.02, 2.15, 1.75, 1.29, 2.22],
        [0.54, 2.54, 0.93, 1.56, 3.4],
        [-0.89, 0.31, 2.08, 2.38, 2.49],
        [0.67, -2.23, 2.22, 0.84, 0.73],
        [0.28, 1.3, 0.76, 0.72, 2.43],
    ]
)
NEMENYI = {(0, 1): 0.835079, (0, 2): 0.297143, (0, 3): 0.225609, (0, 4): 0.001007, (1, 4): 0.037274, (3, 4): 0.380025}
DEMSAR = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]
"""q of 2 to 10 classifiers at 0.05: Demšar 2006, table 5a."""


@settings(max_examples=60, deadline=None)
@given(count=st.integers(2, 12), optimizers=st.integers(8, 11), levels=st.integers(2, 9), seed=st.integers(0, 9999))
def test_of_many_optimizers_friedmans_p_value_is_scipys(count: int, optimizers: int, levels: int, seed: int) -> None:
    ranks = np.random.default_rng(seed).integers(0, levels, (count, optimizers)).astype(float)
    np.testing.assert_array_equal(shared_ranks(ranks), stats.rankdata(ranks, axis=1))
    if (ranks == ranks[:, :1]).all():
        assert friedman(ranks) == 1.0
    else:
        assert friedman(ranks) == pytest.approx(stats.friedmanchisquare(*ranks.T).pvalue, rel=1e-9)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    shape=st.sampled_from([(2, 3), (3, 3), (4, 3), (2, 4), (3, 4)]), levels=st.integers(2, 4), seed=st.integers(0, 999)
)
def test_of_few_it_is_the_share_of_all_orders(shape: tuple[int, int], levels: int, seed: int) -> None:
    ranks = stats.rankdata(np.random.default_rng(seed).integers(0, levels, shape), axis=1)
    spread = [
        np.var(np.sum(orders, axis=0)) for orders in itertools.product(*(itertools.permutations(row) for row in ranks))
    ]
    expected = np.mean(np.array(spread) >= np.var(ranks.sum(axis=0)) - 1e-9)
    assert friedman(ranks) == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
def test_of_many_objectives_the_two_agree() -> None:
    ranks = np.random.default_rng(0).permuted(np.tile(np.arange(4.0), (30, 1)), axis=1)
    assert friedman(ranks) == pytest.approx(stats.friedmanchisquare(*ranks.T).pvalue, abs=0.03)


def test_friedman_of_two_is_the_sign_test() -> None:
    for won, lost, equal in itertools.product(range(7), range(7), range(2)):
        rows = [[1, 2]] * won + [[2, 1]] * lost + [[1, 1]] * equal
        if rows:
            expected = stats.binomtest(won, won + lost).pvalue if won + lost else 1.0
            assert friedman(np.array(rows)) == pytest.approx(expected, rel=1e-12)


def test_the_critical_difference_is_that_of_published_tables() -> None:
    found = [critical_difference(k, 1) / np.sqrt(k * (k + 1) / 6) for k in range(2, 11)]
    np.testing.assert_allclose(found, DEMSAR, atol=1.0e-3)
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)  # Demšar 2006, section 3.2.2, at 0.05


def test_the_critical_difference_is_that_of_scikit_posthocs() -> None:
    """At the level of a pair's p-value, the pair's difference of mean ranks is just critical."""
    assert friedman(SCORES) == pytest.approx(0.002477250032856797, abs=2e-3)
    means = shared_ranks(SCORES).mean(axis=0)
    for (one, other), p_value in NEMENYI.items():
        assert critical_difference(5, 9, p_value) == pytest.approx(abs(means[one] - means[other]), abs=2e-3)


@pytest.mark.parametrize("optimizers", [2, 3, 4, 5, 10])
def test_with_fewer_objectives_nothing_could_be_found(optimizers: int) -> None:
    same = np.tile(np.arange(optimizers), (objectives_needed(optimizers), 1))
    assert friedman(same) <= 0.05 < friedman(same[1:])


def ranks(places: Array, names: str = "abcde") -> pd.DataFrame:
    rows = [(f"f{row}", names[column], places[row, column]) for row, column in np.ndindex(*places.shape)]
    return pd.DataFrame(rows, columns=["objective", "optimizer", "rank"])


def test_an_order_over_objectives_needs_a_significant_test() -> None:
    table = overall_table(ranks(stats.rankdata(SCORES, axis=1)))
    assert table["optimizer"].tolist()[0] == "a"
    assert table["optimizer"].tolist()[-1] == "e"
    np.testing.assert_allclose(table["mean_rank"], np.sort(stats.rankdata(SCORES, axis=1).mean(axis=0)))
    assert set(table["objectives"]) == {9}
    assert overall_sentence(table) == (
        "Over all 9 objectives together a has the best ranks (mean rank 1.67, critical difference 2.03); "
        "b, c and d cannot be told apart from it."
    )
    lacking = overall_table(ranks(stats.rankdata(SCORES[:4], axis=1)))
    assert lacking[["mean_rank", "critical_difference"]].isna().all(axis=None)
    assert lacking["friedman_p"].notna().all()
    assert overall_sentence(lacking).startswith("Over all 4 objectives together no order is found (Friedman's test")
    needs = overall_sentence(overall_table(ranks(np.tile(np.arange(3), (2, 1)))))
    told = "no order of 3 optimizers can be found: that takes at least 3 objectives."
    assert needs == f"Over all 2 objectives together {told}"
    best = overall_sentence(overall_table(ranks(np.tile(np.arange(2), (8, 1)))))
    assert best == "Over all 8 objectives together a is best (mean rank 1.00, critical difference 0.69)."


def test_an_objective_without_all_ranks_does_not_count() -> None:
    places = np.tile(np.arange(3.0), (5, 1))
    places[2, 1] = np.nan
    assert set(overall_table(ranks(places))["objectives"]) == {4}
    nothing = overall_table(ranks(np.full((3, 3), np.nan)))
    assert nothing["friedman_p"].isna().all()
    assert overall_sentence(nothing) == ""
    assert overall_sentence(overall_table(ranks(np.ones((3, 1))))) == ""
