from dataclasses import dataclass, field

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total
from rmsprop_lab.errors import InputError


@dataclass(frozen=True, eq=False)
class Ellipsoid(Objective):
    """f(x) = Σ κ^((i-1)/(n-1)) xᵢ², minimum 0 at 0; κ is the condition number.

    Source: Hansen et al., COCO/BBOB (2009), f2, without its oscillation.
    Shapes: value `(d, ...)` to `(...)`, gradient `(d, ...)` to `(d, ...)`, any d >= 2.
    Raises `InputError` for a condition number below 1.
    """

    dim: int = 2
    bounds: Bounds = (-5.0, 5.0)
    condition: float = 1e3
    weights: Array = field(init=False, repr=False)

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
