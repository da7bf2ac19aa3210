from dataclasses import dataclass, field

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total
from rmsprop_lab.base.rotation import orthogonal, rotate
from rmsprop_lab.errors import InputError


@dataclass(frozen=True, eq=False)
class RotatedEllipsoid(Objective):
    """f(x) = Σ κ^((i-1)/(n-1)) zᵢ² with z = Q x, minimum 0 at 0; Q is a random rotation, κ the condition number.

    The ellipsoid off its axes: no rule that rescales each coordinate on its own can make it round.
    Source: Hansen et al., COCO/BBOB (2009), f10, without its oscillation. `seed` decides Q.
    Shapes: value `(d, ...)` to `(...)`, gradient `(d, ...)` to `(d, ...)`, any d >= 2.
    Raises `InputError` for a condition number below 1 and a negative seed.
    """

    dim: int = 2
    bounds: Bounds = (-5.0, 5.0)
    condition: float = 1e3
    seed: int = 0
    weights: Array = field(init=False, repr=False)
    matrix: Array = field(init=False, repr=False)

    exact = True
    min_dim = 2
    minimum = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (isinstance(self.condition, int | float) and 1.0 <= self.condition < np.inf):
            raise InputError("condition", "a finite number >= 1", self.condition)
        object.__setattr__(self, "weights", np.geomspace(1.0, self.condition, self.dim))
        object.__setattr__(self, "matrix", orthogonal(self.dim, self.seed))

    @property
    def minimizers(self) -> Array:
        return np.zeros((self.dim, 1))

    def value(self, point: Array) -> Array:
        z = rotate(self.matrix, point)
        return total((self.weights * (z * z).T).T)

    def gradient(self, point: Array) -> Array:
        z = rotate(self.matrix, point)
        return rotate(self.matrix.T, (2.0 * self.weights * z.T).T)
