from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.wrappers.wrapper import Wrapper, per_dimension


@dataclass(frozen=True, eq=False)
class Shifted(Wrapper):
    """g(x) = f(x - s): the objective f moved by s, with its minimizers, bounds and plot window.

    It takes away what an optimizer gains from a minimum at 0. To move the minimum off the middle of the bounds too,
    give `bounds`.

    Args:
        objective: The inner objective f.
        shift: The distance s: a number for every coordinate, or one per coordinate, `(d,)`.
        bounds: Where starts are drawn, by keyword; by default those of f moved by s.

    Raises:
        InputError: `shift` is not a finite number, or one per coordinate.

    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...), with the inner d.

    >>> from rmsprop_lab.objectives import Booth
    >>> Shifted(Booth(), shift=[1.0, -2.0]).minimizers.T
    array([[2., 1.]])
    """

    shift: Any = 0.0
    offset: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "offset", per_dimension(self.shift, "shift", self.dim))

    def _bounds(self) -> Array:
        moved: Array = self.objective.bounds + per_dimension(self.shift, "shift", self.dim)[:, np.newaxis]
        return moved

    @property
    def minimizers(self) -> Array | None:
        inner = self.objective.minimizers
        return None if inner is None else inner + self.offset[:, np.newaxis]

    @property
    def plot_window(self) -> Any:
        inner = self.objective.plot_window
        return None if inner is None else np.asarray(inner) + self.offset[:2, np.newaxis]

    def value(self, point: Array) -> Array:
        return self.objective.value((point.T - self.offset).T)

    def gradient(self, point: Array) -> Array:
        return np.asarray(self.objective.gradient((point.T - self.offset).T))
