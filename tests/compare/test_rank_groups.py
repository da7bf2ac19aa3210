"""Groups of mean ranks, against all pairs."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rmsprop_lab.compare import rank_groups


@given(st.lists(st.integers(4, 40), min_size=1, max_size=10), st.floats(0.1, 5.0))
def test_two_share_a_group_if_they_are_less_than_the_difference_apart(quarters: list[int], difference: float) -> None:
    ranks = np.sort(np.array(quarters) / 4)
    groups = rank_groups(ranks, difference)
    for one in range(len(ranks)):
        for other in range(one + 1, len(ranks)):
            together = any(first <= one and other <= last for first, last in groups)
            assert together == (ranks[other] < ranks[one] + difference)
    assert all(first < last for first, last in groups)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(groups))  # none within another


def test_the_groups_of_demsars_example() -> None:
    """Demšar 2006, section 3.2.2: at 10 % C4.5 is worse than C4.5+m and C4.5+m+cf, and C4.5+cf belongs to both."""
    ranks = np.array([1.964, 2.000, 2.893, 3.143])
    assert rank_groups(ranks, 1.12) == [(0, 2), (2, 3)]
    assert rank_groups(ranks, 1.25) == [(0, 3)]  # at 5 % nobody is
