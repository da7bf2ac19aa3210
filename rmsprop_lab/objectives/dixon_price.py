from dataclasses import dataclass, field

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class DixonPrice(Objective):
    """f(x) = (x₁ - 1)² + Σ_{i≥2} i (2xᵢ² - xᵢ₋₁)²; minimum 0 at xᵢ = 2^(2^(1-i) - 1), the last with either sign.

    Two minimizers of the same value, at the ends of a curved valley.

    Args:
        dim: Number of coordinates d, >= 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Dixon & Price, *The truncated Newton method for sparse unconstrained optimisation using automatic
    differentiation*, JOTA 60 (1989).
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(DixonPrice().value(np.array([1.0, 1.0])))
    2.0
    """

    dim: int = 2
    bounds: Bounds = (-10.0, 10.0)
    weights: Array = field(init=False, repr=False)  # (d - 1,): the factors i = 2, 3, ..., d

    exact = True
    min_dim = 2
    minimum = 0.0
    plot_window = ((-2.0, 4.0), (-2.0, 2.0))

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "weights", np.arange(2.0, self.dim + 1.0))

    @property
    def minimizers(self) -> Array:
        point = np.array([2.0 ** (2.0**-i - 1.0) for i in range(self.dim)])
        mirrored = np.append(point[:-1], -point[-1])
        return np.stack([point, mirrored], axis=1)

    def value(self, point: Array) -> Array:
        first, x = point[0] - 1.0, point[1:]
        valley = 2.0 * x * x - point[:-1]
        return first * first + total((self.weights * (valley * valley).T).T)

    def gradient(self, point: Array) -> Array:
        x = point[1:]
        pull = (2.0 * self.weights * (2.0 * x * x - point[:-1]).T).T
        result = np.zeros_like(point)
        result[0] = 2.0 * (point[0] - 1.0)
        result[1:] += 4.0 * x * pull
        result[:-1] -= pull
        return result
