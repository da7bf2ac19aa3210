from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total
from rmsprop_lab.errors import InputError


@dataclass(frozen=True, eq=False)
class Powell(Objective):
    """f(x) = Σ (a + 10b)² + 5 (c - d)² + (b - 2c)⁴ + 10 (a - d)⁴ over quadruples (a, b, c, d); minimum 0 at 0.

    The coordinates in order make the quadruples. At the minimum two of each quadruple's four curvatures are 0.

    Args:
        dim: Number of coordinates, a multiple of 4.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Raises:
        InputError: `dim` is not a multiple of 4.

    Source: Powell, *An iterative method for finding stationary values of a function of several variables*,
    The Computer Journal 5 (1962); several quadruples: Moré, Garbow & Hillstrom (1981).
    Shapes: `point` (dim, ...), `value` (...), `gradient` (dim, ...).

    >>> print(Powell().value(np.array([3.0, -1.0, 0.0, 1.0])))  # the published start
    215.0
    """

    dim: int = 4
    bounds: Bounds = (-4.0, 5.0)

    exact = True
    min_dim = 4
    minimum = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dim % 4:
            raise InputError("dim", "a multiple of 4", self.dim, f"The next one is {self.dim + 4 - self.dim % 4}.")

    @property
    def minimizers(self) -> Array:
        return np.zeros((self.dim, 1))

    def value(self, point: Array) -> Array:
        a, b, c, d = point[0::4], point[1::4], point[2::4], point[3::4]
        p, q, r, s = a + 10.0 * b, c - d, b - 2.0 * c, a - d
        return total(p * p + 5.0 * q * q + r * r * r * r + 10.0 * s * s * s * s)

    def gradient(self, point: Array) -> Array:
        a, b, c, d = point[0::4], point[1::4], point[2::4], point[3::4]
        p, q = 2.0 * (a + 10.0 * b), 10.0 * (c - d)
        r, s = b - 2.0 * c, a - d
        r, s = 4.0 * r * r * r, 40.0 * s * s * s
        result = np.empty_like(point)
        result[0::4], result[1::4] = p + s, 10.0 * p + r
        result[2::4], result[3::4] = q - 2.0 * r, -q - s
        return result
