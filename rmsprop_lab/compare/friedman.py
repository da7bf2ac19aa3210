"""Whether optimizers differ over several objectives: Friedman's test, and Nemenyi's critical difference."""

import itertools
import math

import numpy as np

from rmsprop_lab.base import Array


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

    With mean ranks R over N objectives and k optimizers, 12 N Σ (R - (k + 1)/2)² / (k (k + 1) C) has about the
    distribution χ² with k - 1 degrees of freedom, where C = 1 - Σ (t³ - t) / (N k (k² - 1)) corrects for t equals
    (Friedman 1937, *The use of ranks to avoid the assumption of normality*, JASA 32; Demšar 2006, *Statistical
    comparisons of classifiers over multiple data sets*, JMLR 7, section 3.2.2). For two optimizers it is the sign test,
    which is exact; χ² would find a difference in four objectives, where chance alone gives it in one of eight.

    Args:
        ranks: The rank of each optimizer on each objective, or anything in that order, `(N, k)`, without NaN.

    Returns:
        The p-value; 1 if the optimizers are equal on every objective.

    >>> round(friedman(np.array([[1, 2, 3], [1, 2, 3], [1, 3, 2], [1, 2, 3]])), 4)
    0.0388
    """
    shared = shared_ranks(np.asarray(ranks, dtype=np.float64))
    optimizers = shared.shape[1]
    if optimizers == 2:
        return _sign_test(int((shared[:, 0] < shared[:, 1]).sum()), int((shared[:, 0] > shared[:, 1]).sum()))
    # Σ (r - (k + 1)/2)² of a row without equals is k (k² - 1) / 12, and every t equals take (t³ - t) / 12 from it.
    centred = shared - (optimizers + 1) / 2
    spread = float((centred**2).sum())
    if spread == 0.0:
        return 1.0
    from scipy.special import chdtrc

    statistic = (optimizers - 1) * float((centred.sum(axis=0) ** 2).sum()) / spread
    return float(chdtrc(optimizers - 1, statistic))


def _sign_test(won: int, lost: int) -> float:
    """The chance that of won + lost fair coins the sides differ at least as much."""
    total = won + lost
    tail: int = sum(math.comb(total, count) for count in range(min(won, lost) + 1))
    return min(1.0, 2 * tail / (1 << total))


def objectives_needed(optimizers: int, level: float = 0.05) -> int:
    """The least number of objectives on which Friedman's test can find anything: all of them with the same order.

    >>> [objectives_needed(optimizers) for optimizers in (2, 3, 4, 10)]
    [6, 3, 3, 2]
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
