from dataclasses import dataclass, field

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total
from rmsprop_lab.errors import InputError


@dataclass(frozen=True, eq=False)
class Ellipsoid(Objective):
    """f(x) = Σ κ^((i-1)/(d-1)) xᵢ², with condition number κ; minimum 0 at 0.

    The curvatures rise from 2 along the first coordinate to 2κ along the last.

    Args:
        dim: Number of coordinates d, >= 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: BBOB's.
        condition: Condition number κ, the largest curvature over the smallest, >= 1. Default: 1e3; BBOB has 1e6.

    Raises:
        InputError: `condition` is below 1 or not finite.

    Source: Hansen et al., *Real-parameter black-box optimization benchmarking 2009* (COCO/BBOB), f2, without its
    oscillation.
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(Ellipsoid(condition=100.0).value(np.array([1.0, 1.0])))
    101.0
    """

    dim: int = 2
    bounds: Bounds = (-5.0, 5.0)
    condition: float = 1e3
    weights: Array = field(init=False, repr=False)  # (d,): the factors from 1 to κ

    exact = True
    min_dim = 2
    minimum = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (isinstance(self.condition, int | float) and 1.0 <= self.condition < np.inf):
            raise InputError("condition", "a finite number >= 1", self.condition)
        object.__setattr__(self, "weights", np.geomspace(1.0, self.condition, self.dim))

    @property
    def minimizers(self) -> Array:
        return np.zeros((self.dim, 1))

    def value(self, point: Array) -> Array:
        return total((self.weights * (point * point).T).T)

    def gradient(self, point: Array) -> Array:
        return (2.0 * self.weights * point.T).T
