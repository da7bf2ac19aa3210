"""Statistics of a search's scores: the expected best of k trials, and the share of the space that scores well."""

import numpy as np

from rmsprop_lab.base import Array


def expected_best(scores: Array) -> Array:
    """The expected lowest of k scores drawn from n without replacement, for k = 1 ... n.

    E[min of k] = Σᵢ s₍ᵢ₎ C(n - i, k - 1) / C(n, k), where s₍ᵢ₎ is the i-th lowest score. This is the performance as a
    function of the budget (Sivaprasad et al. 2020, *Optimizer benchmarking needs to account for hyperparameter
    tuning*, section 3).

    Args:
        scores: The scores of all trials, finite, `(n,)`; lower is better. See `without_lost`.

    Returns:
        The expected best score of k trials at index k - 1, `(n,)`.

    >>> expected_best(np.array([1.0, 2.0, 6.0])).round(3).tolist()
    [3.0, 1.333, 1.0]
    """
    ordered = np.sort(scores)
    n = len(ordered)
    expected = np.empty(n)
    weights = np.full(n, 1.0 / n)  # the weight of each score for k = 1
    for k in range(1, n + 1):
        expected[k - 1] = weights[: n - k + 1] @ ordered[: n - k + 1]
        # From C(n-i, k-1) / C(n, k) to C(n-i, k) / C(n, k+1), by one factor: binomials themselves would overflow.
        above = n - 1 - np.arange(n)
        weights = weights * np.maximum(above - k + 1, 0) / k * (k + 1) / max(n - k, 1)
    return expected


def best_so_far(scores: Array) -> Array:
    """The lowest score up to each trial, in the order of the trials: `(n,)` to `(n,)`.

    >>> best_so_far(np.array([3.0, 5.0, 1.0])).tolist()
    [3.0, 3.0, 1.0]
    """
    lowest: Array = np.minimum.accumulate(scores)
    return lowest


def without_lost(scores: Array, worst: float) -> Array:
    """Replaces the +inf of lost trials by `worst`, so that an expectation over the scores is finite."""
    return np.where(np.isfinite(scores), scores, worst)


def good_share(positions: Array, scores: Array, within: float, samples: int = 4096) -> float:
    """The share of the search space, as a unit cube, where the score is at most the best score plus `within`.

    Each point of the cube gets the score of the nearest trial. The share of good trials would not do: a sampler that
    learns puts most of its trials where scores are good.

    Args:
        positions: The trials in the unit cube, `(n, d)`; if several share a position, the first counts.
        scores: The score of each trial, `(n,)`; +inf for a lost trial.
        within: How much worse than the best score is still good, in units of the score.
        samples: Number of points of the cube, drawn with a fixed seed.

    Returns:
        The share, from 0 to 1; 0 if all trials are lost.

    >>> good_share(np.array([[0.0], [1.0]]), np.array([-3.0, 0.0]), within=1.0) > 0.45
    True
    """
    if not np.isfinite(scores).any():
        return 0.0
    from scipy.spatial import cKDTree  # takes 0.2 s to import

    distinct, first = np.unique(positions, axis=0, return_index=True)
    points = np.random.default_rng(0).random((samples, positions.shape[1]))
    _, nearest = cKDTree(distinct).query(points)
    good = scores[first] <= scores.min() + within
    return float(good[nearest].mean())
