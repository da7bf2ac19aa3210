"""What a budget of trials buys: the best of k, and how much of a space is good."""

import numpy as np

from rmsprop_lab.base import Array

_DISTANCES = 2**15  # that are computed at once: they stay in the cache, however many trials there are


def expected_best(scores: Array) -> Array:
    """The expected lowest of the first k of n scores over all orders of them, k = 1 ... n: `(n,)` to `(n,)`.

    E[min of k] = Σᵢ s₍ᵢ₎ C(n - i, k - 1) / C(n, k), s₍ᵢ₎ the i-th lowest: the performance as a function of the budget
    (Sivaprasad et al. 2020, *Optimizer benchmarking needs to account for hyperparameter tuning*, section 3).
    """
    ordered = np.sort(scores)
    n = len(ordered)
    expected = np.empty(n)
    weights = np.full(n, 1.0 / n)  # of each score for k = 1
    for k in range(1, n + 1):
        expected[k - 1] = weights[: n - k + 1] @ ordered[: n - k + 1]
        # C(n-i, k) / C(n, k+1) from C(n-i, k-1) / C(n, k): the i-th lowest must have k others above it
        above = n - 1 - np.arange(n)
        weights = weights * np.maximum(above - k + 1, 0) / k * (k + 1) / max(n - k, 1)
    return expected


def best_so_far(scores: Array) -> Array:
    """The lowest score after each trial, in the order in which they were made: `(n,)` to `(n,)`."""
    lowest: Array = np.minimum.accumulate(scores)
    return lowest


def without_lost(scores: Array, worst: float) -> Array:
    """Lost trials (+inf) count as the `worst` score, since an expectation over them would be infinite."""
    return np.where(np.isfinite(scores), scores, worst)


def good_share(positions: Array, scores: Array, within: float, samples: int = 4096) -> float:
    """The share of the unit cube in which the score is `within` so much of the best, as the nearest trial tells.

    `positions` `(n, d)` of the trials in the cube. A sampler crowds its trials where it is good, so their own share
    would tell about the sampler; each point of the cube takes the score of the trial next to it instead.
    """
    if not np.isfinite(scores).any():
        return 0.0
    good = scores <= scores.min() + within
    points = np.random.default_rng(0).random((samples, positions.shape[1]))
    at_once = max(1, _DISTANCES // len(positions))
    found = 0
    for low in range(0, samples, at_once):
        part = points[low : low + at_once]
        away = np.zeros((len(part), len(positions)))
        for here, there in zip(part.T, positions.T, strict=True):
            away += np.square(here[:, None] - there)
        found += int(good[away.argmin(axis=1)].sum())
    return found / samples
