from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class Beale(Objective):
    """f(x, y) = (1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²; minimum 0 at (3, 0.5).

    Flat along the line y = 1, where it is 14.203125 for every x; steep in the corners.

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Beale, *On an iterative method for finding a local minimum of a function of more than one variable*,
    Princeton TR 25 (1958).
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> print(Beale().value(np.array([3.0, 0.5])), Beale().value(np.array([-2.0, 1.0])))
    0.0 14.203125
    """

    dim: int = 2
    bounds: Bounds = (-4.5, 4.5)

    exact = True
    planar = True
    minimum = 0.0
    minimizers = np.array([[3.0], [0.5]])

    def value(self, point: Array) -> Array:
        x, y = point
        a = 1.5 - x + x * y
        b = 2.25 - x + x * y * y
        c = 2.625 - x + x * y * y * y
        return a * a + b * b + c * c

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        a = 1.5 - x + x * y
        b = 2.25 - x + x * y * y
        c = 2.625 - x + x * y * y * y
        along_x = 2.0 * (a * (y - 1.0) + b * (y * y - 1.0) + c * (y * y * y - 1.0))
        along_y = 2.0 * x * (a + 2.0 * b * y + 3.0 * c * y * y)
        return along_x, along_y
