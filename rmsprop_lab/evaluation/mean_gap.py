"""The mean of log10(gap) over the iterations of descents, taken while they are computed."""

import numpy as np

from rmsprop_lab.base import Array

DECADES = 8.0
"""The mean counts gaps from 1 down to 1e-8 of the first; see `MeanLog10Gap`."""

_BLOCK = 32  # ratios multiplied before a logarithm is taken: 1e-8 to the power 32 is still a normal number


class MeanLog10Gap:
    """The mean over iterations 0 ... n of log10(gap_t / gap_0), each clipped to [-8, 0].

    The ratios of 32 iterations are multiplied and one logarithm is taken of the product, which is eight times as fast.
    Blocks begin at multiples of 32 iterations, and everything is added in the order of the iterations. So the result
    has the same bits however many descents are computed together, and into whatever segments they are cut.

    A start at the minimum, whose first gap is the floor of all gaps, has -8 for every iteration.

    Args:
        first: The gap of each descent at iteration 0, `(B,)`.
        floor: The smallest gap.
    """

    def __init__(self, first: Array, floor: float) -> None:
        self._first, self._at_minimum = first, first <= floor
        self._product, self._sum = np.ones_like(first), np.zeros_like(first)
        self._count = 0

    def add(self, gaps: Array) -> None:
        """Adds the gaps of the next iterations, `(T, B)`; NaN and infinity count as no progress."""
        with np.errstate(all="ignore"):
            ratios = gaps / self._first
            np.clip(ratios, 10.0**-DECADES, 1.0, out=ratios)
        begun = min(-self._count % _BLOCK, len(ratios))
        self._multiply(ratios[:begun])
        blocks = (len(ratios) - begun) // _BLOCK
        if blocks:
            whole = ratios[begun : begun + blocks * _BLOCK].reshape(blocks, _BLOCK, -1)
            products = whole[:, 0].copy()
            for row in range(1, _BLOCK):
                products *= whole[:, row]
            logs = np.log10(products)
            logs[0] += self._sum
            self._sum = np.add.accumulate(logs)[-1]
            self._count += blocks * _BLOCK
        self._multiply(ratios[begun + blocks * _BLOCK :])

    def _multiply(self, ratios: Array) -> None:
        """Adds iterations that begin or end inside a block."""
        for row in ratios:
            self._product = self._product * row
            self._count += 1
            if self._count % _BLOCK == 0:
                self._sum = self._sum + np.log10(self._product)
                self._product = np.ones_like(row)

    def result(self) -> Array:
        """The mean of each descent, `(B,)`."""
        mean = (self._sum + np.log10(self._product)) / self._count
        return np.where(self._at_minimum, -DECADES, np.clip(mean, -DECADES, 0.0))
