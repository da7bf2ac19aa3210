"""Searches whose trials are all chosen before the first is computed, and the points that they compute."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from rmsprop_lab.plan.space import Space, point_at
from rmsprop_lab.search.protocol import Trial


class Fixed:
    """Asks for all points at once, in their order, and ignores the scores."""

    def __init__(self, points: Iterable[Mapping[str, float]]) -> None:
        self._trials = [Trial(number, point) for number, point in enumerate(points)]

    def ask(self) -> Sequence[Trial]:
        trials, self._trials = self._trials, []
        return trials

    def tell(self, scores: Mapping[int, float]) -> None:
        """Does nothing."""


def random_points(space: Space, count: int, seed: int) -> list[dict[str, float]]:
    """`count` points of the space, uniform on the scale of each range.

    Point n is drawn from `SeedSequence(seed, spawn_key=(n,))`, so a larger count extends a smaller one.
    """
    seeds = (np.random.SeedSequence(seed, spawn_key=(number,)) for number in range(count))
    return [point_at(space, np.random.default_rng(each).random(len(space))) for each in seeds]


def sobol_points(space: Space, count: int, seed: int) -> list[dict[str, float]]:
    """The first `count` points of a Sobol sequence, which fill the space more evenly than random points.

    `seed` scrambles the sequence (Owen 1998, as in `scipy.stats.qmc.Sobol`); a larger count extends a smaller one.
    """
    from scipy.stats import qmc  # half a second to import

    sequence = qmc.Sobol(len(space), rng=np.random.default_rng(seed))
    positions = sequence.random_base2((count - 1).bit_length())  # SciPy warns of counts that are no power of 2
    return [point_at(space, row) for row in positions[:count]]
