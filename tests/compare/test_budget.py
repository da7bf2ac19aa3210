"""Statistics of a search's scores, against brute force."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmsprop_lab.base import Array
from rmsprop_lab.compare.budget import best_so_far, expected_best, good_share, without_lost


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
    np.testing.assert_allclose(found, every, rtol=1e-12, atol=1e-12 * np.abs(scores).max())
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


def test_lost_trials_count_as_the_worst() -> None:
    assert list(without_lost(np.array([1.0, np.inf, 2.0]), 7.0)) == [1, 7, 2]
