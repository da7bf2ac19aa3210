from dataclasses import dataclass, field

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Griewank(Objective):
    """f(x) = Σ xᵢ²/4000 - Π cos(xᵢ/√i) + 1; minimum 0 at 0.

    A wide bowl with a regular ripple, which fades as d grows.

    Args:
        dim: Number of coordinates d, >= 1.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Griewank, *Generalized descent for global optimization*, JOTA 34 (1981).
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(Griewank().value(np.zeros(2)))
    0.0
    """

    dim: int = 2
    bounds: Bounds = (-600.0, 600.0)
    roots: Array = field(init=False, repr=False)  # (d,): √i

    minimum = 0.0
    largest_term = 1.0
    plot_window = ((-15.0, 15.0), (-15.0, 15.0))

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "roots", np.sqrt(np.arange(1.0, self.dim + 1.0)))

    @property
    def minimizers(self) -> Array:
        return np.zeros((self.dim, 1))

    def value(self, point: Array) -> Array:
        waves = np.cos((point.T / self.roots).T)
        ripple = waves[0]
        for i in range(1, self.dim):
            ripple = ripple * waves[i]
        return total(point * point / 4000.0) + (1.0 - ripple)

    def gradient(self, point: Array) -> Array:
        angles = (point.T / self.roots).T
        slopes = (np.sin(angles).T / self.roots).T
        return point / 2000.0 + slopes * _product_of_others(np.cos(angles))


def _product_of_others(factors: Array) -> Array:
    """The product of all other rows, for each row `(d, ...)`. It does not divide, as a factor may be 0."""
    result = np.ones_like(factors)
    for i in range(1, len(factors)):
        result[i] = result[i - 1] * factors[i - 1]
    after = factors[-1]
    for i in range(len(factors) - 2, -1, -1):
        result[i] = result[i] * after
        after = after * factors[i]
    return result
