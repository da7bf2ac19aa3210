from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class StyblinskiTang(Objective):
    """f(x) = ½ Σ (xᵢ⁴ - 16xᵢ² + 5xᵢ); minimum -39.166 d at xᵢ = -2.9035, one of 2ᵈ local minima.

    Args:
        dim: Number of coordinates d, >= 1.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Styblinski & Tang, *Experiments in nonconvex optimization*, Neural Networks 3 (1990).
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(f"{StyblinskiTang(dim=1).value(np.array([-2.9035])):.3f}")
    -39.166
    """

    dim: int = 2
    bounds: Bounds = (-5.0, 5.0)

    exact = True

    @property
    def minimum(self) -> float:
        return -39.166165703771415 * self.dim

    @property
    def minimizers(self) -> Array:
        return np.full((self.dim, 1), -2.9035340277711771)

    def value(self, point: Array) -> Array:
        square = point * point
        return total(0.5 * (square * (square - 16.0) + 5.0 * point))

    def gradient(self, point: Array) -> Array:
        return point * (2.0 * point * point - 16.0) + 2.5
