from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Ackley(Objective):
    """f(x) = -20 exp(-r/5) - exp(Σ cos(2πxᵢ)/n) + 20 + e with r = √(Σ xᵢ²/n), minimum 0 at 0.

    Source: Ackley, *A connectionist machine for genetic hillclimbing*, Kluwer (1987); n dimensions: Bäck
    (1996). Nearly flat far out, covered with local minima. At 0 it has a kink, like the tip of a cone; the
    gradient there is taken as 0. Computed as -20 (exp(-r/5) - 1) - e (exp(-2 Σ sin²(πxᵢ)/n) - 1), the
    same function without the rounding of 4e-16 that the sum above leaves at 0.
    Shapes: value `(d, ...)` to `(...)`, gradient `(d, ...)` to `(d, ...)`, any d >= 1.
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
