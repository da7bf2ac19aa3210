"""The best point of a map of scores, of which many may be equal."""

from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array


@dataclass(frozen=True)
class BestPoint:
    """The point of a map that is marked.

    Args:
        row: Its row.
        column: Its column.
        tied: Number of points that have the lowest score, itself included.
        side: Side of the largest square of such points; the marked point is in its middle.
    """

    row: int
    column: int
    tied: int
    side: int


def best_point(scores: Array) -> BestPoint:
    """The lowest score of a map; among ties, the middle of the largest square of tied scores.

    Many points may reach the floor of log10 gaps. The first of them is often a speck with bad scores all around.

    >>> best_point(np.array([[0.0, 9.0, 9.0], [9.0, 0.0, 0.0], [9.0, 0.0, 0.0]]))
    BestPoint(row=1, column=1, tied=5, side=2)
    """
    lowest = scores == scores.min()
    sums = np.pad(lowest.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))

    def squares(side: int) -> Array:
        inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
        found: Array = inside == side * side
        return found

    side, too_large = 1, min(scores.shape) + 1
    while too_large - side > 1:
        middle = (side + too_large) // 2
        side, too_large = (middle, too_large) if squares(middle).any() else (side, middle)
    row, column = np.unravel_index(np.argmax(squares(side)), squares(side).shape)
    return BestPoint(int(row) + (side - 1) // 2, int(column) + (side - 1) // 2, int(lowest.sum()), side)
