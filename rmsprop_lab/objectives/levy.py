from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Levy(Objective):
    """f(x) = sin²(πw₁) + Σ_{i<d} (wᵢ-1)² (1 + 10 sin²(πwᵢ+1)) + (w_d-1)² (1 + sin²(2πw_d)) with w = 1 + (x-1)/4.

    Minimum 0 at (1, ..., 1). Waves across a bowl.

    Args:
        dim: Number of coordinates d, >= 1.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Levy & Montalvo, *The tunneling algorithm for the global minimization of functions*, SIAM J. Sci. Stat.
    Comput. 6 (1985), in the form of Laguna & Martí (2005).
    Libraries differ: SciPy's benchmark Levy03 has sin²(πwᵢ₊₁) in place of sin²(πwᵢ+1) and no sine in the last term.
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(Levy().value(np.ones(2)))
    0.0
    """

    dim: int = 2
    bounds: Bounds = (-10.0, 10.0)

    minimum = 0.0

    @property
    def minimizers(self) -> Array:
        return np.ones((self.dim, 1))

    def value(self, point: Array) -> Array:
        v = 0.25 * (point - 1.0)  # w - 1, so that the sines are exactly 0 at the minimum
        first, inner, last = np.sin(np.pi * v[:1]), np.sin(np.pi * v[:-1] + 1.0), np.sin(2.0 * np.pi * v[-1:])
        terms = first * first, v[:-1] * v[:-1] * (1.0 + 10.0 * inner * inner), v[-1:] * v[-1:] * (1.0 + last * last)
        return total(np.concatenate(terms))

    def gradient(self, point: Array) -> Array:
        v = 0.25 * (point - 1.0)
        a, b = v[:-1], v[-1]
        inner, last = np.sin(np.pi * a + 1.0), np.sin(2.0 * np.pi * b)
        result = np.empty_like(point)
        result[:-1] = 2.0 * a * (1.0 + 10.0 * inner * inner) + 10.0 * np.pi * a * a * np.sin(2.0 * (np.pi * a + 1.0))
        result[-1] = 2.0 * b * (1.0 + last * last) + 2.0 * np.pi * b * b * np.sin(4.0 * np.pi * b)
        result[0] += np.pi * np.sin(2.0 * np.pi * v[0])
        return 0.25 * result
