from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class DoubleWell(Objective):
    """f(x, y) = x⁴ - x² + y², minimum -1/4 at (±1/√2, 0), a saddle at 0 between them.

    Source: the double-well potential of physics, with a second coordinate that makes 0 a saddle. A descent
    from a start with x = 0 ends on the saddle.
    Shapes: value `(2, ...)` to `(...)`, gradient `(2, ...)` to a pair of `(...)`.
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
