"""Whether optimizers differ over several objectives: Friedman's test, and Nemenyi's critical difference."""

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array

_MOST_OPTIMIZERS, _MOST_SUMS = 7, 500_000  # whose orders are counted, in a second at most; then χ² is close


def shared_ranks(ranks: Array) -> Array:
    """Ranks within each row, where equals share the mean of their places: `(N, k)` to `(N, k)`.

    >>> shared_ranks(np.array([[1.0, 1.0, 3.0], [2.0, 1.0, 3.0]])).tolist()
    [[1.5, 1.5, 3.0], [2.0, 1.0, 3.0]]
    """
    below = (ranks[:, None, :] < ranks[:, :, None]).sum(axis=2)
    same = (ranks[:, None, :] == ranks[:, :, None]).sum(axis=2)
    shared: Array = below + (same + 1) / 2
    return shared


def friedman(ranks: Array) -> float:
    """The p-value of Friedman's test that all optimizers are alike.

    Its statistic is S = Σ (R - N (k + 1)/2)², with the sums R of ranks over N objectives and k optimizers. If all are
    alike, every order of the ranks on an objective is as probable as any other: the p-value is the share of all orders
    with S at least as large. For two optimizers that is the sign test. Of many, 12 S / (N k (k + 1) C) has about the
    distribution χ² with k - 1 degrees of freedom, where C = 1 - Σ (t³ - t) / (N k (k² - 1)) corrects for t equals. On
    few objectives χ² would find what is chance: 0.05 where it is 0.11 (Friedman 1937, *The use of ranks to avoid the
    assumption of normality*, JASA 32; Demšar 2006, *Statistical comparisons of classifiers over multiple data sets*,
    JMLR 7, section 3.2.2).

    Args:
        ranks: The rank of each optimizer on each objective, or anything in that order, `(N, k)`, without NaN.

    Returns:
        The p-value; 1 if the optimizers are equal on every objective.

    >>> round(friedman(np.array([[1, 2, 3], [1, 2, 3], [1, 3, 2], [1, 2, 3]])), 4)
    0.0417
    """
    shared = shared_ranks(np.asarray(ranks, dtype=np.float64))
    optimizers = shared.shape[1]
    doubled = np.rint(2 * shared - (optimizers + 1)).astype(np.int64)  # whole numbers, each row with the sum 0
    if not doubled.any():
        return 1.0
    if (exact := _share_of_orders(doubled)) is not None:
        return exact
    from scipy.special import chdtrc

    statistic = (optimizers - 1) * float((doubled.sum(axis=0) ** 2).sum()) / float((doubled**2).sum())
    return float(chdtrc(optimizers - 1, statistic))


def _share_of_orders(rows: NDArray[np.int64]) -> float | None:
    """The share of all orders within the rows whose sums vary at least as much; None for too many orders.

    Sums that are the same but for their order are counted together: what is added has every order anyway.
    """
    if rows.shape[1] > _MOST_OPTIMIZERS:
        return None
    sums: NDArray[np.int64] = np.sort(rows[:1])
    counts = np.ones(1)
    for row in rows[1:]:
        orders = np.array(list(itertools.permutations(row.tolist())))
        if len(sums) * len(orders) > _MOST_SUMS:
            return None
        added = np.sort(sums[:, None] + orders, axis=-1).reshape(-1, rows.shape[1])
        sums, place = np.unique(added, axis=0, return_inverse=True)
        counts = np.asarray(np.bincount(place.ravel(), np.repeat(counts, len(orders)) / len(orders)), np.float64)
    found = (sums**2).sum(axis=1) >= (rows.sum(axis=0) ** 2).sum()
    return min(1.0, float(counts[found].sum()))


def objectives_needed(optimizers: int, level: float = 0.05) -> int:
    """The least number of objectives on which Friedman's test can find anything: all of them with the same order.

    >>> [objectives_needed(optimizers) for optimizers in (2, 3, 4, 10)]
    [6, 3, 2, 2]
    """
    order = np.arange(optimizers, dtype=np.float64)[None]
    return next(count for count in itertools.count(1) if friedman(np.repeat(order, count, axis=0)) <= level)


def critical_difference(optimizers: int, objectives: int, level: float = 0.05) -> float:
    """The smallest difference of two mean ranks that is significant among all pairs.

    CD = q √(k (k + 1) / 6N), where q is the quantile of the studentized range of k means with infinitely many degrees
    of freedom, divided by √2 (Nemenyi 1963, *Distribution-free multiple comparisons*; Demšar 2006, section 3.2.2).

    Args:
        optimizers: The number k of optimizers, from 2.
        objectives: The number N of objectives.
        level: The chance that any two of equal optimizers differ by more.

    >>> round(critical_difference(4, 14), 2)
    1.25
    """
    from scipy.stats import studentized_range  # takes 0.6 s to import

    q = float(studentized_range.ppf(1 - level, optimizers, np.inf)) / math.sqrt(2)
    return q * math.sqrt(optimizers * (optimizers + 1) / (6 * objectives))
