from collections.abc import Mapping, Sequence

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.plan.space import Space, point_at
from rmsprop_lab.search.protocol import Trial


class Random:
    """`trials` points of the space, uniform on each range's scale, asked for at once.

    Trial n is drawn from `SeedSequence(seed, spawn_key=(n,))`: more trials extend fewer, in any order.
    """

    def __init__(self, space: Space, trials: int, seed: int) -> None:
        self._trials = [
            Trial(number, point_at(space, _positions(len(space), number, seed))) for number in range(trials)
        ]

    def ask(self) -> Sequence[Trial]:
        trials, self._trials = self._trials, []
        return trials

    def tell(self, scores: Mapping[int, float]) -> None:
        """A random search learns nothing."""


def _positions(dim: int, number: int, seed: int) -> Array:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,))).random(dim)
