"""Statistics of a search's scores: what a number of trials buys, and the share of the space that scores well."""

import numpy as np
import pandas as pd

from rmsprop_lab.base import Array
from rmsprop_lab.compare.trial_order import LABELS


def budget_table(trials: pd.DataFrame, learns: bool) -> pd.DataFrame:
    """The best score by the number of trials: `tables/budget.csv`. A row tells of its own optimizer alone.

    Args:
        trials: Rows of `trials.parquet` of one search in each repeat, with the `outcome` of each trial's run.
        learns: Whether the search chooses trials by the scores of earlier ones. Another order of its trials is then
            none that could have been, and nothing is expected over orders.

    Returns:
        One row per objective, optimizer and number of trials, up to the number that all repeats have: `best_so_far`,
        the lowest score of the first `trials`, a mean over the repeats; `best_so_far_low` and `best_so_far_high`, the
        lowest and the highest of them; `expected_best`, see the function, NaN if the search learns; `lost`, the share
        of these first trials that diverged or failed; `repeats`. Scores are NaN where in some repeat all have failed.

    >>> trials = pd.DataFrame({"repeat": [0, 0, 1, 1], "trial": [0, 1, 0, 1], "score": [-1.0, -3.0, -2.0, 0.0]})
    >>> trials = trials.assign(objective="bowl", optimizer="gd", outcome=["ok", "ok", "ok", "diverged"])
    >>> table = budget_table(trials, learns=True)
    >>> table[["trials", "best_so_far", "best_so_far_low", "lost"]].to_dict("records")[1]
    {'trials': 2, 'best_so_far': -2.5, 'best_so_far_low': -3.0, 'lost': 0.25}
    """
    searches = trials.sort_values("trial", kind="stable").groupby(LABELS, sort=False)
    pairs = trials[LABELS].drop_duplicates().itertuples(index=False, name=None)
    tables = [_budget(searches.get_group(pair), learns) for pair in pairs]
    return pd.concat(tables, ignore_index=True)


def _budget(trials: pd.DataFrame, learns: bool) -> pd.DataFrame:
    """The rows of one optimizer on one objective, from its trials in their order."""
    repeats = [repeat for _, repeat in trials.groupby("repeat")]
    count = min(map(len, repeats))
    scores = [repeat["score"].to_numpy(dtype=np.float64) for repeat in repeats]
    best = np.array([best_so_far(part)[:count] for part in scores])
    best = np.where(np.isfinite(best).all(axis=0), best, np.nan)  # no mean over some of the repeats: it could rise
    lost = np.array([(repeat["outcome"] != "ok").to_numpy()[:count] for repeat in repeats])
    expected = np.nan if learns else np.mean([expected_best(part)[:count] for part in scores], axis=0)
    table = pd.DataFrame({name: trials[name].iloc[0] for name in LABELS}, index=range(count))
    return table.assign(
        trials=np.arange(1, count + 1),
        best_so_far=best.mean(axis=0),
        best_so_far_low=best.min(axis=0),
        best_so_far_high=best.max(axis=0),
        expected_best=expected,
        lost=np.cumsum(lost, axis=1).mean(axis=0) / np.arange(1, count + 1),
        repeats=len(repeats),
    )


def expected_best(scores: Array) -> Array:
    """The expected lowest of k scores drawn from n without replacement, for k = 1 ... n.

    E[min of k] = Σᵢ s₍ᵢ₎ C(n - i, k - 1) / C(n, k), where s₍ᵢ₎ is the i-th lowest score. This is the performance as a
    function of the budget (Sivaprasad et al. 2020, *Optimizer benchmarking needs to account for hyperparameter
    tuning*, section 3). A trial that failed has no score that could be expected: the expectation is over those draws
    of k trials in which one has not failed.

    Args:
        scores: The scores of all trials, `(n,)`, +inf for one that failed; lower is better.

    Returns:
        The expected best score of k trials at index k - 1, `(n,)`; NaN if all failed.

    >>> expected_best(np.array([1.0, 2.0, 6.0])).round(3).tolist()
    [3.0, 1.333, 1.0]
    >>> expected_best(np.array([1.0, np.inf, 2.0])).round(3).tolist()
    [1.5, 1.333, 1.0]
    """
    ordered = np.sort(scores[np.isfinite(scores)])
    n, finite = len(scores), len(ordered)
    expected = np.full(n, np.nan)
    weights = np.full(n, 1.0 / n)  # the weight of each score for k = 1
    for k in range(1, n + 1 if finite else 1):
        drawn = weights[: min(n - k + 1, finite)]
        expected[k - 1] = drawn @ ordered[: len(drawn)] / drawn.sum()
        # From C(n-i, k-1) / C(n, k) to C(n-i, k) / C(n, k+1), by one factor: binomials themselves would overflow.
        above = n - 1 - np.arange(n)
        weights = weights * np.maximum(above - k + 1, 0) / k * (k + 1) / max(n - k, 1)
    return expected


def best_so_far(scores: Array) -> Array:
    """The lowest score up to each trial, in the order of the trials: `(n,)` to `(n,)`; +inf while all have failed.

    >>> best_so_far(np.array([3.0, 5.0, 1.0])).tolist()
    [3.0, 3.0, 1.0]
    """
    lowest: Array = np.minimum.accumulate(scores)
    return lowest


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
