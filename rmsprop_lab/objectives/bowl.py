from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Bowl(Objective):
    """f(x) = Σ xᵢ², minimum 0 at 0.

    Source: Brownlee, *Gradient Descent With RMSProp from Scratch* (2021), for two dimensions.
    Shapes: value `(d, ...)` to `(...)`, gradient `(d, ...)` to `(d, ...)`, any d >= 1.
    """

    dim: int = 2
    bounds: Bounds = (-1.0, 1.0)

    exact = True
    minimum = 0.0

    @property
    def minimizers(self) -> Array:
        return np.zeros((self.dim, 1))

    def value(self, point: Array) -> Array:
        return total(point * point)

    def gradient(self, point: Array) -> Array:
        return 2.0 * point
