from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Rosenbrock(Objective):
    """f(x) = Σ 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)²; minimum 0 at (1, ..., 1), in a curved valley with a nearly flat floor.

    For d from 4 to 30 there is a second, local minimum near (-1, 1, ..., 1), of about 4.

    Args:
        dim: Number of coordinates d, >= 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Rosenbrock, *An automatic method for finding the greatest or least value of a function*, The Computer
    Journal 3 (1960); the sum over neighbours: Shang & Qiu, *A note on the extended Rosenbrock function*,
    Evolutionary Computation 14 (2006).
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(f"{Rosenbrock().value(np.array([-1.2, 1.0])):.1f}")  # the published start
    24.2
    """

    dim: int = 2
    bounds: Bounds = (-5.0, 10.0)

    exact = True
    min_dim = 2
    minimum = 0.0
    plot_window = ((-2.0, 2.0), (-1.0, 3.0))

    @property
    def minimizers(self) -> Array:
        return np.ones((self.dim, 1))

    def value(self, point: Array) -> Array:
        x = point[:-1]
        valley, slope = point[1:] - x * x, 1.0 - x
        return total(100.0 * (valley * valley) + slope * slope)

    def gradient(self, point: Array) -> Array:
        x = point[:-1]
        valley = point[1:] - x * x
        result = np.zeros_like(point)
        result[:-1] = -400.0 * x * valley - 2.0 * (1.0 - x)
        result[1:] += 200.0 * valley
        return result
