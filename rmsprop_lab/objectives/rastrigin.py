from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Rastrigin(Objective):
    """f(x) = 10 d + Σ (xᵢ² - 10 cos 2πxᵢ); minimum 0 at 0, one of 11ᵈ local minima in the default bounds.

    Args:
        dim: Number of coordinates d, >= 1.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Rastrigin, *Systems of Extremal Control* (1974); d dimensions: Mühlenbein et al. (1991).
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(f"{Rastrigin().value(np.ones(2)):.4f}")  # beside a local minimum
    2.0000
    """

    dim: int = 2
    bounds: Bounds = (-5.12, 5.12)

    minimum = 0.0
    largest_term = 10.0

    @property
    def minimizers(self) -> Array:
        return np.zeros((self.dim, 1))

    def value(self, point: Array) -> Array:
        return total(point * point + 10.0 * (1.0 - np.cos(2.0 * np.pi * point)))

    def gradient(self, point: Array) -> Array:
        return 2.0 * point + 20.0 * np.pi * np.sin(2.0 * np.pi * point)
