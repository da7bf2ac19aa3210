from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective

_CURVE, _SLOPE, _DEPTH = 5.1 / (4.0 * np.pi * np.pi), 5.0 / np.pi, 10.0 * (1.0 - 1.0 / (8.0 * np.pi))


@dataclass(frozen=True, eq=False)
class Branin(Objective):
    """f(x, y) = (y - 5.1x²/(4π²) + 5x/π - 6)² + 10 (1 - 1/(8π)) cos x + 10; minimum 5/(4π) at three points.

    The minimizers (-π, 12.275), (π, 2.275) and (3π, 2.475) lie along a curved valley.

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Branin, *Widely convergent method for finding multiple solutions of simultaneous nonlinear equations*,
    IBM J. Res. Dev. 16 (1972); Dixon & Szegö, *Towards Global Optimisation 2* (1978).
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> print(f"{Branin().value(np.array([np.pi, 2.275])):.6f}")
    0.397887
    """

    dim: int = 2
    bounds: Bounds = ((-5.0, 10.0), (0.0, 15.0))

    planar = True
    minimum = 0.39788735772973834
    largest_term = 10.0
    minimizers = np.array([[-np.pi, np.pi, 3.0 * np.pi], [12.275, 2.275, 2.475]])

    def value(self, point: Array) -> Array:
        x, y = point
        a = y - _CURVE * x * x + _SLOPE * x - 6.0
        return a * a + _DEPTH * np.cos(x) + 10.0

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        a = y - _CURVE * x * x + _SLOPE * x - 6.0
        return 2.0 * a * (_SLOPE - 2.0 * _CURVE * x) - _DEPTH * np.sin(x), 2.0 * a
