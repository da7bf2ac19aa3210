"""When runs were computed."""

from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """The time of one run's computation, from and to, in milliseconds since 1970."""

    began: int
    ended: int


def fair_shares(began: float, seconds: float, count: int) -> list[Span]:
    """Shares of the time that runs took together, one after the other: what each would have taken alone is unknown.

    Args:
        began: When the runs were begun, in seconds since 1970.
        seconds: How long all of them took.
        count: Number of runs.

    Returns:
        A span for each run. Whole milliseconds are counted that have begun, so that none takes no time.

    >>> fair_shares(1.0, 0.01, 2)
    [Span(began=1000, ended=1005), Span(began=1005, ended=1010)]
    """
    ends = [round(1e6 * (began + max(seconds, 0.0) * index / count)) for index in range(count + 1)]  # microseconds
    return [Span(low // 1000, max(-(-high // 1000), low // 1000 + 1)) for low, high in pairwise(ends)]
