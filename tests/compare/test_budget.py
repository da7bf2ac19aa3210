"""Statistics of a search's scores, against brute force."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmsprop_lab.base import Array
from rmsprop_lab.compare.budget import best_so_far, budget_table, expected_best, good_share


def test_the_expected_best_is_the_mean_over_all_orders() -> None:
    scores = np.random.default_rng(0).random(6)
    for k, expected in enumerate(expected_best(scores), start=1):
        every = [min(chosen) for chosen in itertools.combinations(scores, k)]
        assert expected == pytest.approx(np.mean(every), rel=1e-12)
    assert list(best_so_far(np.array([3.0, 5.0, 1.0, 2.0]))) == [3, 3, 1, 1]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_the_expected_best_is_that_of_all_orders_whatever_the_scores(scores: list[float]) -> None:
    """With scores that are equal, few, or in any order; brute force over all n! of them."""
    orders = np.array(list(itertools.permutations(scores)))
    every = np.minimum.accumulate(orders, axis=1).mean(axis=0)
    found = expected_best(np.array(scores))
    np.testing.assert_allclose(found, every, rtol=1e-12, atol=1e-12 * np.abs(scores).max() + 1e-300)
    assert found[-1] == pytest.approx(min(scores), rel=1e-12, abs=1e-300)


def test_the_good_share_does_not_depend_on_where_trials_crowd() -> None:
    even = np.linspace(0, 1, 41)[:, None]
    crowded = np.concatenate([even, np.linspace(0, 0.2, 400)[:, None]])
    for places in (even, crowded):
        scores = np.where(places[:, 0] < 0.25, 0.0, 5.0)
        assert good_share(places, scores, 1.0) == pytest.approx(0.25, abs=0.03)
    assert good_share(even, np.full(41, np.inf), 1.0) == 0.0


def by_brute_force(positions: Array, scores: Array, within: float, samples: int = 4096) -> float:
    """The good share from the distances of every point to every trial; the first of the nearest trials counts."""
    points = np.random.default_rng(0).random((samples, positions.shape[1]))
    distances = ((points[:, None, :] - positions) ** 2).sum(axis=-1)
    return float((scores <= scores.min() + within)[distances.argmin(axis=1)].mean())


@settings(max_examples=40, deadline=None)
@given(
    trials=st.integers(1, 60),
    dim=st.integers(1, 4),
    grid=st.sampled_from([0, 2, 9]),
    lost=st.floats(0, 0.9),
    within=st.floats(0, 5),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_good_share_is_that_of_the_nearest_trials(trials, dim, grid, lost, within, seed) -> None:
    """On a `grid` several trials share a position, with scores of their own."""
    rng = np.random.default_rng(seed)
    positions = rng.random((trials, dim))
    positions = np.round(positions * grid) / grid if grid else positions
    scores = rng.integers(0, 6, trials).astype(float)
    scores[1:][rng.random(trials - 1) < lost] = np.inf
    assert good_share(positions, scores, within) == by_brute_force(positions, scores, within)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.floats(-9, 9), st.just(np.inf)), min_size=1, max_size=6))
def test_failed_trials_are_left_out_of_the_expected_best(scores: list[float]) -> None:
    """The mean over all draws of k trials in which one has not failed; a draw of failed ones has no best."""
    for k, expected in enumerate(expected_best(np.array(scores)), start=1):
        every = [min(drawn) for drawn in itertools.combinations(scores, k)]
        left = [best for best in every if best < np.inf]
        assert expected == pytest.approx(np.mean(left) if left else np.nan, rel=1e-9, abs=1e-12, nan_ok=True)


def searched(optimizer: str, scores: Array, outcomes: Array) -> pd.DataFrame:
    """Trials of one optimizer with these scores, `(repeats, trials)`."""
    repeats, trials = np.indices(scores.shape).reshape(2, -1)
    columns = {"repeat": repeats, "trial": trials, "score": scores.ravel(), "outcome": outcomes.ravel()}
    return pd.DataFrame(columns).assign(objective="bowl", optimizer=optimizer)


OK, DIVERGED, FAILED = "ok", "diverged", "failed"


def test_a_search_that_learns_is_told_as_it_happened() -> None:
    scores = np.array([[0.0, -1.0, -0.5], [0.0, -3.0, -4.0]])
    table = budget_table(searched("gd", scores, np.array([[DIVERGED, OK, OK], [OK, OK, OK]])), learns=True)
    assert table["best_so_far"].tolist() == [0.0, -2.0, -2.5]
    assert table["best_so_far_low"].tolist() == [0.0, -3.0, -4.0]
    assert table["best_so_far_high"].tolist() == [0.0, -1.0, -1.0]
    assert table["expected_best"].isna().all()
    assert table["lost"].tolist() == [0.5, 0.25, pytest.approx(1 / 6)]
    assert set(table["repeats"]) == {2}


def test_a_search_that_does_not_learn_is_told_over_all_orders_too() -> None:
    scores = np.array([[0.0, -1.0, -0.5], [0.0, -3.0, -4.0]])
    table = budget_table(searched("gd", scores, np.full((2, 3), OK)), learns=False)
    assert table["expected_best"].to_numpy() == pytest.approx(np.mean([expected_best(s) for s in scores], axis=0))


def test_there_is_no_best_until_every_repeat_has_a_trial_that_did_not_fail() -> None:
    scores = np.array([[np.inf, -1.0, -0.5], [-6.0, -6.0, -6.0]])
    table = budget_table(searched("gd", scores, np.where(np.isinf(scores), FAILED, OK)), learns=True)
    for name in ("best_so_far", "best_so_far_low", "best_so_far_high"):
        assert table[name].isna().tolist() == [True, False, False]
    assert table["best_so_far"].dropna().tolist() == [-3.5, -3.5]
    assert table["lost"].tolist() == [0.5, 0.25, pytest.approx(1 / 6)]


@pytest.mark.parametrize("learns", [True, False])
def test_other_optimizers_change_no_row(learns: bool) -> None:
    """A lost trial once counted as the worst of all optimizers: 0.60 became 3.71 with the roster."""
    rng = np.random.default_rng(0)
    mine = rng.normal(size=(3, 5))
    mine[0, 1] = np.inf
    one = searched("gd", mine, np.where(np.isinf(mine), FAILED, OK))
    alone = budget_table(one, learns)
    other = searched("adam", 1e3 * np.abs(rng.normal(size=(2, 9))), np.full((2, 9), DIVERGED))
    both = budget_table(pd.concat([other, one]), learns)
    among = both[both["optimizer"] == "gd"].reset_index(drop=True)
    pd.testing.assert_frame_equal(among, alone, check_exact=True)
