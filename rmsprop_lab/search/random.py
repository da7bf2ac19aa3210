from collections.abc import Mapping, Sequence

import numpy as np

from rmsprop_lab.search.protocol import Trial
from rmsprop_lab.space import Space


class Random:
    """`trials` points of the space, uniform on each range's scale, asked for at once.

    Trial n is drawn from `SeedSequence(seed, spawn_key=(n,))`: more trials extend fewer, in any order.
    """

    def __init__(self, space: Space, trials: int, seed: int) -> None:
        self._trials = [Trial(number, _point(space, number, seed)) for number in range(trials)]

    def ask(self) -> Sequence[Trial]:
        trials, self._trials = self._trials, []
        return trials

    def tell(self, scores: Mapping[int, float]) -> None:
        """A random search learns nothing."""


def _point(space: Space, number: int, seed: int) -> dict[str, float]:
    positions = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,))).random(len(space))
    return {name: span.at(position) for (name, span), position in zip(space.items(), positions, strict=True)}
