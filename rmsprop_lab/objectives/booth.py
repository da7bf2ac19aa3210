from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class Booth(Objective):
    """f(x, y) = (x + 2y - 7)² + (2x + y - 5)²; minimum 0 at (1, 3).

    A bowl with axes at 45° and curvatures 2 and 18: its contours are ellipses three times as long as wide.

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Jamil & Yang, *A literature survey of benchmark functions for global optimization problems*, IJMMNO 4
    (2013), no. 20.
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> print(Booth().value(np.array([0.0, 0.0])))
    74.0
    """

    dim: int = 2
    bounds: Bounds = (-10.0, 10.0)

    exact = True
    planar = True
    minimum = 0.0
    minimizers = np.array([[1.0], [3.0]])

    def value(self, point: Array) -> Array:
        x, y = point
        a, b = x + 2.0 * y - 7.0, 2.0 * x + y - 5.0
        return a * a + b * b

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        a, b = x + 2.0 * y - 7.0, 2.0 * x + y - 5.0
        return 2.0 * a + 4.0 * b, 4.0 * a + 2.0 * b
