from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class SixHumpCamel(Objective):
    """f(x, y) = (4 - 2.1x² + x⁴/3) x² + xy + (4y² - 4) y²; minimum -1.0316 at ±(0.0898, -0.7127), two of six minima.

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Branin, *Widely convergent method for finding multiple solutions of simultaneous nonlinear equations*,
    IBM J. Res. Dev. 16 (1972); Dixon & Szegö, *Towards Global Optimisation 2* (1978).
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> print(f"{SixHumpCamel().value(np.array([0.0898, -0.7127])):.4f}")
    -1.0316
    """

    dim: int = 2
    bounds: Bounds = ((-3.0, 3.0), (-2.0, 2.0))

    exact = True
    planar = True
    minimum = -1.0316284534898774
    largest_term = 2.1
    minimizers = np.array(
        [
            [0.089842013100318062, -0.089842013100318062],
            [-0.71265640302073963, 0.71265640302073963],
        ]
    )
    plot_window = ((-2.0, 2.0), (-1.2, 1.2))

    def value(self, point: Array) -> Array:
        x, y = point
        a, b = x * x, y * y
        return (4.0 - 2.1 * a + a * a / 3.0) * a + x * y + (4.0 * b - 4.0) * b

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        a, b = x * x, y * y
        return (8.0 - 8.4 * a + 2.0 * a * a) * x + y, x + (16.0 * b - 8.0) * y
