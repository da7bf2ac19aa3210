from dataclasses import dataclass, field

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total


@dataclass(frozen=True, eq=False)
class Michalewicz(Objective):
    """f(x) = -Σ sin(xᵢ) sin²⁰(i xᵢ²/π); minimum -1.8013 for d = 2, -4.6877 for d = 5, -9.6602 for d = 10.

    Steep narrow valleys between plateaus without slope. The coordinates do not interact: each is minimised alone
    when the object is made, so the minimum is known for any d.

    Args:
        dim: Number of coordinates d, >= 1.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: Surjanovic & Bingham's library.

    Source: Michalewicz, *Genetic Algorithms + Data Structures = Evolution Programs*, Springer (1992).
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(f"{Michalewicz(dim=10).minimum:.4f}")
    -9.6602
    """

    dim: int = 2
    bounds: Bounds = (0.0, np.pi)
    weights: Array = field(init=False, repr=False)  # (d,): i/π
    lowest: Array = field(init=False, repr=False)  # (d,): the minimizer

    def __post_init__(self) -> None:
        super().__post_init__()
        ranks = np.arange(1.0, self.dim + 1.0)
        object.__setattr__(self, "weights", ranks / np.pi)
        object.__setattr__(self, "lowest", _lowest(ranks))

    @property
    def minimum(self) -> float:
        return float(self.value(self.lowest))

    @property
    def minimizers(self) -> Array:
        return self.lowest[:, np.newaxis]

    @property
    def largest_term(self) -> float:
        return 2.0 * abs(self.minimum)  # the power 20 makes the relative error of a sine 20 times as large

    def value(self, point: Array) -> Array:
        sine = np.sin((self.weights * (point * point).T).T)
        p2 = sine * sine
        p4 = p2 * p2
        p8 = p4 * p4
        return -total(np.sin(point) * (p8 * p8 * p4))

    def gradient(self, point: Array) -> Array:
        angle = (self.weights * (point * point).T).T
        sine = np.sin(angle)
        p2 = sine * sine
        p4 = p2 * p2
        p8 = p4 * p4
        p19 = p8 * p8 * p2 * sine
        turning = (self.weights * (40.0 * point * np.cos(angle)).T).T
        return -p19 * (sine * np.cos(point) + turning * np.sin(point))


def _lowest(ranks: Array) -> Array:
    """The minimizer of each coordinate, by bisection on its derivative.

    Coordinate i has a valley for each k < i, where i x²/π lies between kπ and (k+1)π. Its depth is about sin(x) at its
    middle, so the deepest is one of the two whose middles enclose π/2.
    """
    k = np.floor(ranks / 4.0 - 0.5)
    valleys = np.stack([np.maximum(k, 0.0), k + 1.0])
    low, high = np.pi * np.sqrt(valleys / ranks), np.pi * np.sqrt((valleys + 1.0) / ranks)
    for _ in range(64):  # more than enough to halve an interval below 4 down to neighbouring doubles
        x = 0.5 * (low + high)
        angle = ranks * x * x / np.pi
        uphill = np.cos(x) + 40.0 * ranks * x / np.pi * np.sin(x) * np.cos(angle) / np.sin(angle) < 0.0
        low, high = np.where(uphill, low, x), np.where(uphill, x, high)
    x = 0.5 * (low + high)
    log_depth = np.log(np.sin(x)) + 20.0 * np.log(np.abs(np.sin(ranks * x * x / np.pi)))
    return np.where(log_depth[0] >= log_depth[1], x[0], x[1])
