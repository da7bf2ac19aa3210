from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.base.rotation import orthogonal, rotate
from rmsprop_lab.wrappers.wrapper import Wrapper, per_dimension


@dataclass(frozen=True, eq=False)
class Rotated(Wrapper):
    """g(x) = f(c + Q (x - c)): the objective f turned about the centre c by a random rotation Q.

    AdaGrad and RMSProp rescale each coordinate on its own, which helps in valleys along the axes; a rotation takes
    that advantage away. Q is orthogonal and may mirror as well.

    Args:
        objective: The inner objective f.
        seed: Seed of Q, an integer >= 0.
        centre: The point c that stays where it is: a number for every coordinate, or one per coordinate, `(d,)`.
        bounds: Where starts are drawn, by keyword; by default those of f, which minimizers may leave.

    Raises:
        InputError: `seed` or `centre` is not valid.

    Source: Salomon, *Re-evaluating genetic algorithm performance under coordinate rotation of benchmark functions*,
    BioSystems 39 (1996).
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...), with the inner d.

    >>> from rmsprop_lab.objectives import Booth
    >>> turned = Rotated(Booth(), seed=3)
    >>> print(f"{turned.value(turned.minimizers)[0]:.4f}")
    0.0000
    """

    seed: int = 0
    centre: Any = 0.0
    matrix: Array = field(init=False, repr=False)
    about: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "matrix", orthogonal(self.dim, self.seed))
        object.__setattr__(self, "about", per_dimension(self.centre, "centre", self.dim))

    @property
    def minimizers(self) -> Array | None:
        inner = self.objective.minimizers
        return None if inner is None else self._turned(self.matrix.T, inner)

    def value(self, point: Array) -> Array:
        return self.objective.value(self._turned(self.matrix, point))

    def gradient(self, point: Array) -> Array:
        return rotate(self.matrix.T, np.asarray(self.objective.gradient(self._turned(self.matrix, point))))

    def _turned(self, matrix: Array, point: Array) -> Array:
        turned: Array = (rotate(matrix, (point.T - self.about).T).T + self.about).T
        return turned
