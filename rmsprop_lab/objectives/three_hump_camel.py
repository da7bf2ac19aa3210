from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class ThreeHumpCamel(Objective):
    """f(x, y) = 2x² - 1.05x⁴ + x⁶/6 + xy + y²; minimum 0 at 0, between two local minima of 0.2986.

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Branin, *Widely convergent method for finding multiple solutions of simultaneous nonlinear equations*,
    IBM J. Res. Dev. 16 (1972), in the form of Jamil & Yang (2013), no. 29.
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> print(f"{ThreeHumpCamel().value(np.array([1.7476, -0.8738])):.4f}")  # one of the local minima
    0.2986
    """

    dim: int = 2
    bounds: Bounds = (-5.0, 5.0)

    exact = True
    planar = True
    minimum = 0.0
    minimizers = np.array([[0.0], [0.0]])
    plot_window = ((-2.5, 2.5), (-2.5, 2.5))

    def value(self, point: Array) -> Array:
        x, y = point
        square = x * x
        return square * (2.0 + square * (square / 6.0 - 1.05)) + x * y + y * y

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        square = x * x
        return x * (4.0 + square * (square - 4.2)) + y, x + 2.0 * y
