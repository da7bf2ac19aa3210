"""The search whose points are all chosen in advance, and the points of random and quasi-random search."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from rmsprop_lab.plan.space import Space, point_at
from rmsprop_lab.search.protocol import Trial


class Fixed:
    """A search that asks for all its points at once and ignores the scores.

    Args:
        points: The points, in the order of the trials.
    """

    def __init__(self, points: Iterable[Mapping[str, float]]) -> None:
        self._trials = [Trial(number, point) for number, point in enumerate(points)]

    def ask(self) -> Sequence[Trial]:
        trials, self._trials = self._trials, []
        return trials

    def tell(self, scores: Mapping[int, float]) -> None:
        """Does nothing."""


def random_points(space: Space, count: int, seed: int) -> list[dict[str, float]]:
    """Random points, uniform on the scale of each range.

    Point n is drawn from `SeedSequence(seed, spawn_key=(n,))`, so a larger count extends a smaller one.

    Args:
        space: The ranges.
        count: Number of points.
        seed: Seed, >= 0.
    """
    seeds = (np.random.SeedSequence(seed, spawn_key=(number,)) for number in range(count))
    return [point_at(space, np.random.default_rng(each).random(len(space))) for each in seeds]


def sobol_points(space: Space, count: int, seed: int) -> list[dict[str, float]]:
    """The first points of a scrambled Sobol sequence, which cover the space more evenly than random points.

    The scrambling is Owen's (1998), as in `scipy.stats.qmc.Sobol`. A larger count extends a smaller one.

    Args:
        space: The ranges.
        count: Number of points.
        seed: Seed of the scrambling, >= 0.
    """
    from scipy.stats import qmc  # takes 0.5 s to import

    sequence = qmc.Sobol(len(space), rng=np.random.default_rng(seed))
    positions = sequence.random_base2((count - 1).bit_length())  # SciPy warns of other counts than powers of 2
    return [point_at(space, row) for row in positions[:count]]
