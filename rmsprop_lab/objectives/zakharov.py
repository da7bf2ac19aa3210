from dataclasses import dataclass, field

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Zakharov(Objective):
    """f(x) = Σ xᵢ² + s² + s⁴ with s = Σ ½ i xᵢ; minimum 0 at 0, the only one.

    Steep across the plane s = 0, gentle along it.

    Args:
        dim: Number of coordinates d, >= 1.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Jamil & Yang, *A literature survey of benchmark functions for global optimization problems*, IJMMNO 4
    (2013), no. 173.
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(Zakharov().value(np.array([1.0, 1.0])))
    9.3125
    """

    dim: int = 2
    bounds: Bounds = (-5.0, 10.0)
    weights: Array = field(init=False, repr=False)  # (d,): i/2

    exact = True
    minimum = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "weights", 0.5 * np.arange(1.0, self.dim + 1.0))

    @property
    def minimizers(self) -> Array:
        return np.zeros((self.dim, 1))

    def value(self, point: Array) -> Array:
        s = total((self.weights * point.T).T)
        return total(point * point) + s * s * (1.0 + s * s)

    def gradient(self, point: Array) -> Array:
        s = total((self.weights * point.T).T)
        slope = np.broadcast_to(s * (2.0 + 4.0 * s * s), np.shape(point))
        return 2.0 * point + (self.weights * slope.T).T
