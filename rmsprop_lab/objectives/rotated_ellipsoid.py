from dataclasses import dataclass, field

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total
from rmsprop_lab.base.rotation import orthogonal, rotate
from rmsprop_lab.errors import InputError


@dataclass(frozen=True, eq=False)
class RotatedEllipsoid(Objective):
    """f(x) = Σ κ^((i-1)/(d-1)) zᵢ² with z = Qx, a random rotation Q and condition number κ; minimum 0 at 0.

    `Ellipsoid` off its axes: no rule that rescales each coordinate on its own can make it round.

    Args:
        dim: Number of coordinates d, >= 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: BBOB's.
        condition: Condition number κ, the largest curvature over the smallest, >= 1. Default: 1e3; BBOB has 1e6.
        seed: Seed of Q, an integer >= 0.

    Raises:
        InputError: `condition` is below 1 or not finite, or `seed` is no integer >= 0.

    Source: Hansen et al., *Real-parameter black-box optimization benchmarking 2009* (COCO/BBOB), f10, without its
    oscillation.
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(f"{RotatedEllipsoid(condition=1.0).value(np.array([3.0, 4.0])):.4f}")  # a circle stays a circle
    25.0000
    """

    dim: int = 2
    bounds: Bounds = (-5.0, 5.0)
    condition: float = 1e3
    seed: int = 0
    weights: Array = field(init=False, repr=False)  # (d,): the factors from 1 to κ
    matrix: Array = field(init=False, repr=False)  # (d, d): Q

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
