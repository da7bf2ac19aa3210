from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Ackley(Objective):
    """f(x) = -20 exp(-r/5) - exp(Σ cos(2πxᵢ)/d) + 20 + e with r = √(Σ xᵢ²/d); minimum 0 at 0.

    Nearly flat far out, and covered with local minima. At 0 the function has a kink, like the tip of a cone;
    `gradient` returns 0 there. Computed as -20 (exp(-r/5) - 1) - e (exp(-2 Σ sin²(πxᵢ)/d) - 1), which is the same
    function and exactly 0 at 0, where rounding leaves 4e-16 of the sum above.

    Args:
        dim: Number of coordinates d, >= 1.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Ackley, *A connectionist machine for genetic hillclimbing*, Kluwer (1987); d dimensions: Bäck (1996).
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(Ackley().value(np.zeros(2)))
    0.0
    """

    dim: int = 2
    bounds: Bounds = (-32.768, 32.768)

    minimum = 0.0

    @property
    def minimizers(self) -> Array:
        return np.zeros((self.dim, 1))

    def value(self, point: Array) -> Array:
        radius, ripple = np.sqrt(total(point * point) / self.dim), np.sin(np.pi * point)
        return -20.0 * np.expm1(-0.2 * radius) - np.e * np.expm1(-2.0 / self.dim * total(ripple * ripple))

    def gradient(self, point: Array) -> Array:
        radius, ripple = np.sqrt(total(point * point) / self.dim), np.sin(np.pi * point)
        cone = 4.0 * np.exp(-0.2 * radius) / np.where(radius == 0.0, 1.0, radius)
        waves = 2.0 * np.pi * np.exp(1.0 - 2.0 / self.dim * total(ripple * ripple))
        return (cone * point + waves * np.sin(2.0 * np.pi * point)) / self.dim
