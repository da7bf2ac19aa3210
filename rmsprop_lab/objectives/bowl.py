from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Bowl(Objective):
    """f(x) = Σ xᵢ²; minimum 0 at 0. The tutorial's function.

    Args:
        dim: Number of coordinates d, >= 1.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: the tutorial's.

    Source: Brownlee, *Gradient Descent With RMSProp from Scratch*, machinelearningmastery.com (2021), with d = 2.
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(Bowl().value(np.array([3.0, 4.0])), Bowl().gradient(np.array([3.0, 4.0])))
    25.0 [6. 8.]
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
