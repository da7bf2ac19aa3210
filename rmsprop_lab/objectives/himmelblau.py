from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class Himmelblau(Objective):
    """f(x, y) = (x² + y - 11)² + (x + y² - 7)²; minimum 0 at four points, one of them (3, 2).

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Jamil & Yang's, no. 65.

    Source: Himmelblau, *Applied Nonlinear Programming*, McGraw-Hill (1972).
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> print(Himmelblau().value(np.array([3.0, 2.0])), Himmelblau().value(np.array([0.0, 0.0])))
    0.0 170.0
    """

    dim: int = 2
    bounds: Bounds = (-5.0, 5.0)

    exact = True
    planar = True
    minimum = 0.0
    minimizers = np.array(
        [
            [3.0, -2.8051180869527449, -3.7793102533777469, 3.5844283403304917],
            [2.0, 3.131312518250573, -3.2831859912861694, -1.8481265269644036],
        ]
    )

    def value(self, point: Array) -> Array:
        x, y = point
        a, b = x * x + y - 11.0, x + y * y - 7.0
        return a * a + b * b

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        a, b = x * x + y - 11.0, x + y * y - 7.0
        return 4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b
