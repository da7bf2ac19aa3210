"""Which mean ranks lie so close together that their optimizers cannot be told apart."""

import numpy as np

from rmsprop_lab.base import Array


def rank_groups(mean_ranks: Array, difference: float) -> list[tuple[int, int]]:
    """The largest groups of optimizers whose mean ranks differ by less than the critical difference.

    They are the bars of a rank diagram (Demšar 2006, *Statistical comparisons of classifiers over multiple data sets*,
    JMLR 7, section 3.2.2 and figure 1).

    Args:
        mean_ranks: Mean ranks in ascending order, `(k,)`.
        difference: The critical difference.

    Returns:
        The first and last place of each group of at least two; none lies within another.

    >>> rank_groups(np.array([1.5, 2.0, 2.9, 4.0]), difference=1.2)
    [(0, 1), (1, 2), (2, 3)]
    >>> rank_groups(np.array([1.0, 2.0, 3.0]), difference=0.5)
    []
    """
    last = np.searchsorted(mean_ranks, mean_ranks + difference, side="left") - 1
    groups = []
    reached = 0
    for first, end in enumerate(last.tolist()):
        if end > max(first, reached):
            groups.append((first, end))
            reached = end
    return groups
