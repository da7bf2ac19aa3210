from collections.abc import Mapping, Sequence

import numpy as np

from rmsprop_lab.plan.space import Space, point_at
from rmsprop_lab.search.protocol import Trial


class QuasiRandom:
    """`trials` points that fill the space more evenly than random ones, asked for at once: a Sobol sequence.

    The sequence is scrambled with `seed` (Owen 1998, as in `scipy.stats.qmc.Sobol`); more trials extend fewer.
    """

    def __init__(self, space: Space, trials: int, seed: int) -> None:
        from scipy.stats import qmc  # half a second to import

        sequence = qmc.Sobol(len(space), rng=np.random.default_rng(seed))
        positions = sequence.random_base2((trials - 1).bit_length())  # the next power of 2 keeps it balanced
        self._trials = [Trial(number, point_at(space, row)) for number, row in enumerate(positions[:trials])]

    def ask(self) -> Sequence[Trial]:
        trials, self._trials = self._trials, []
        return trials

    def tell(self, scores: Mapping[int, float]) -> None:
        """A fixed sequence learns nothing."""
