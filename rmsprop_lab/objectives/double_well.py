from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class DoubleWell(Objective):
    """f(x, y) = x⁴ - x² + y²; minimum -1/4 at (±1/√2, 0), with a saddle at 0 between the two.

    A descent that starts with x = 0 ends on the saddle.

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: chosen here.

    Source: the double-well potential of physics, with a second coordinate that makes 0 a saddle.
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> print(f"{DoubleWell().value(np.array([0.5**0.5, 0.0])):.4f}")
    -0.2500
    """

    dim: int = 2
    bounds: Bounds = (-2.0, 2.0)

    exact = True
    planar = True
    minimum = -0.25
    minimizers = np.array([[-np.sqrt(0.5), np.sqrt(0.5)], [0.0, 0.0]])

    def value(self, point: Array) -> Array:
        x, y = point
        return x * x * (x * x - 1.0) + y * y

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        return x * (4.0 * x * x - 2.0), 2.0 * y
