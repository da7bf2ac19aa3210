from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class GoldsteinPrice(Objective):
    """f(x, y) = [1 + (s + 1)² (19 - 14s + 3s²)] [30 + t² (18 - 16t + 3t²)]; minimum 3 at (0, -1).

    s = x + y and t = 2x - 3y make short polynomials of the two published factors; their derivatives are
    12 (s + 1)(s - 1)(s - 2) and 12 t (t - 1)(t - 3). Values reach 10⁶ in the corners; there are three local minima,
    30, 84 and 840.

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Goldstein & Price, *On descent from local minima*, Mathematics of Computation 25 (1971).
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> print(GoldsteinPrice().value(np.array([0.0, -1.0])))
    3.0
    """

    dim: int = 2
    bounds: Bounds = (-2.0, 2.0)

    exact = True
    planar = True
    minimum = 3.0
    largest_term = 162.0
    minimizers = np.array([[0.0], [-1.0]])

    def value(self, point: Array) -> Array:
        x, y = point
        s, t = x + y, 2.0 * x - 3.0 * y
        first = 1.0 + (s + 1.0) * (s + 1.0) * (19.0 + s * (3.0 * s - 14.0))
        second = 30.0 + t * t * (18.0 + t * (3.0 * t - 16.0))
        return first * second

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        s, t = x + y, 2.0 * x - 3.0 * y
        first = 1.0 + (s + 1.0) * (s + 1.0) * (19.0 + s * (3.0 * s - 14.0))
        second = 30.0 + t * t * (18.0 + t * (3.0 * t - 16.0))
        along_s = 12.0 * (s + 1.0) * (s - 1.0) * (s - 2.0) * second
        along_t = 12.0 * t * (t - 1.0) * (t - 3.0) * first
        return along_s + 2.0 * along_t, along_s - 3.0 * along_t
