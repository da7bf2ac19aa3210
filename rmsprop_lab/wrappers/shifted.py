from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.wrappers.wrapper import Wrapper, per_dimension


@dataclass(frozen=True, eq=False)
class Shifted(Wrapper):
    """g(x) = f(x - s): f moved by s, a number for every dimension or one per dimension.

    The minimizers, bounds and plot window move along. It takes away what an optimizer gains from a minimum at
    0 or in the middle of the bounds, the latter only with `bounds` of its own.
    Shapes: value `(d, ...)` to `(...)`, gradient `(d, ...)` to `(d, ...)`, any d.
    Raises `InputError` for a shift that is not a number or one per dimension.
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
