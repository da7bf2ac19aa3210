"""Statistics of a search's scores: the expected best of k trials, and the share of the space that is good."""

import numpy as np

from rmsprop_lab.base import Array


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
    """The lowest score up to each trial, in the order of the trials: `(n,)` to `(n,)`."""
    lowest: Array = np.minimum.accumulate(scores)
    return lowest


def without_lost(scores: Array, worst: float) -> Array:
    """The scores with `worst` in place of +inf (lost trials), so that their expectation is finite."""
    return np.where(np.isfinite(scores), scores, worst)


def good_share(positions: Array, scores: Array, within: float, samples: int = 4096) -> float:
    """The share of the unit cube where the score is at most the best score plus `within`.

    A point of the cube takes the score of the trial nearest to it. The share of the trials themselves would tell where
    the sampler went: it crowds its trials where scores are good.

    Args:
        positions: The trials in the unit cube, `(n, d)`; of several at one position the first counts.
        scores: `(n,)`; +inf for lost trials.
        within: How much worse than the best score is still good.
        samples: Points of the cube, at random but always the same.

    Returns:
        The share from 0 to 1; 0 if all trials are lost.
    """
    if not np.isfinite(scores).any():
        return 0.0
    from scipy.spatial import cKDTree  # a fifth of a second to import

    distinct, first = np.unique(positions, axis=0, return_index=True)
    points = np.random.default_rng(0).random((samples, positions.shape[1]))
    _, nearest = cKDTree(distinct).query(points)
    good = scores[first] <= scores.min() + within
    return float(good[nearest].mean())
