from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Rastrigin(Objective):
    """f(x) = 10 n + Σ (xᵢ² - 10 cos 2πxᵢ), minimum 0 at 0 among about 11ⁿ local minima.

    Source: Rastrigin, *Systems of Extremal Control* (1974); n dimensions: Mühlenbein et al. (1991).
    Shapes: value `(d, ...)` to `(...)`, gradient `(d, ...)` to `(d, ...)`, any d >= 1.
    """

    dim: int = 2
    bounds: Bounds = (-5.12, 5.12)

    minimum = 0.0

    @property
    def minimizers(self) -> Array:
        return np.zeros((self.dim, 1))

    def value(self, point: Array) -> Array:
        return total(point * point + 10.0 * (1.0 - np.cos(2.0 * np.pi * point)))

    def gradient(self, point: Array) -> Array:
        return 2.0 * point + 20.0 * np.pi * np.sin(2.0 * np.pi * point)
