from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class Matyas(Objective):
    """f(x, y) = 0.26 (x² + y²) - 0.48 xy; minimum 0 at 0.

    A narrow bowl along the diagonal, with curvatures 0.04 and 1.

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Jamil & Yang, *A literature survey of benchmark functions for global optimization problems*, IJMMNO 4
    (2013), no. 71; named after Matyas, *Random optimization*, Automation and Remote Control 26 (1965).
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> print(f"{Matyas().value(np.array([10.0, 10.0])):.4f}, {Matyas().value(np.array([10.0, -10.0])):.4f}")
    4.0000, 100.0000
    """

    dim: int = 2
    bounds: Bounds = (-10.0, 10.0)

    exact = True
    planar = True
    minimum = 0.0
    minimizers = np.array([[0.0], [0.0]])

    def value(self, point: Array) -> Array:
        x, y = point
        return 0.26 * (x * x + y * y) - 0.48 * x * y

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        return 0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x
