"""The base class of objectives, and the window to draw them in."""

import dataclasses
import functools
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, get_type_hints

import numpy as np

from rmsprop_lab.base.arrays import Array, Bounds, Gradient
from rmsprop_lab.base.checks import real, real_array
from rmsprop_lab.errors import InputError

_MOST_DIMENSIONS = 1_000_000
_FARTHEST = 1e150  # coordinate of a bound: its square is a float
_DIFFERENCE = float(np.finfo(np.float64).eps) ** (1 / 3)  # step of central differences: truncation equals rounding


@dataclass(frozen=True, eq=False)
class Objective(ABC):
    """A function to minimise, and its gradient.

    Subclass it with `@dataclass(frozen=True, eq=False)`. Give `dim` and `bounds` defaults, add a field for each further
    setting, define `value`, and define `gradient` if you can. `rmsprop_lab.base` shows a complete example. State what
    is true of the function as class attributes or properties:

    - `minimum`: value at the global minimum; None if there is none or it is unknown.
    - `minimizers`: `(d, m)`, the m global minimizers as columns; None if unknown.
    - `largest_term`: size of the largest number that `value` adds up near a minimizer, if it is above |minimum|; the
      smallest gap that can be told from 0 is four units in its last place.
    - `plot_window`: `(2, 2)`, the range to draw, a row (low, high) per axis; None to draw the bounds.
    - `exact`: True if `value` and `gradient` use only + - * / and square roots: all engines agree bit for bit. Where it
      is not said, the operations show it.
    - `planar`: True if the function is two-dimensional, `value` and `gradient` begin with `x, y = point`, and
      `gradient` returns a pair.
    - `min_dim`: the lowest valid `dim`.

    Args:
        dim: Number of coordinates d, from `min_dim` to 1,000,000.
        bounds: Where starts are drawn, finite numbers low < high: one pair (low, high) for every coordinate, or a row
            per coordinate. The attribute is always `(d, 2)`, read-only. Descents may leave the bounds. Most defaults
            are those of Surjanovic & Bingham's *Virtual Library of Simulation Experiments*, www.sfu.ca/~ssurjano.

    Raises:
        InputError: The objective has no such `dim`, or `bounds` are reversed, not finite or of another shape.

    >>> from rmsprop_lab.objectives import Bowl
    >>> Bowl(dim=2, bounds=(-1, 1)).bounds
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    dim: int
    bounds: Bounds

    exact: ClassVar[bool] = False
    planar: ClassVar[bool] = False
    min_dim: ClassVar[int] = 1

    def __post_init__(self) -> None:
        for name in _float_fields(type(self)):
            # 1000 and 1000.0 are the same setting, and must be the same run.
            object.__setattr__(self, name, real(getattr(self, name), name, "a finite number"))
        self._check_dim()
        object.__setattr__(self, "bounds", _rows_of(self.bounds, self.dim))

    def _check_dim(self) -> None:
        expected = "2, as this objective is two-dimensional" if self.planar else f"an integer >= {self.min_dim}"
        valid = self.dim == 2 if self.planar else isinstance(self.dim, int) and self.dim >= self.min_dim
        if valid and self.dim > _MOST_DIMENSIONS:
            raise InputError("dim", f"an integer from {self.min_dim} to {_MOST_DIMENSIONS:,}", self.dim)
        if not valid or isinstance(self.dim, bool):
            raise InputError("dim", expected, self.dim)

    @property
    def minimum(self) -> float | None:
        """The value at the global minimum; None if there is none or it is unknown."""
        return None

    @property
    def minimizers(self) -> Array | None:
        """The m global minimizers as columns, `(d, m)`; None if unknown."""
        return None

    @property
    def largest_term(self) -> float:
        """The size of the largest number that `value` adds up near a minimizer; it counts only above |minimum|."""
        return 0.0

    @property
    def plot_window(self) -> Any:
        """The range to draw, a row (low, high) for each of the first two axes; None to draw the bounds."""
        return None

    @abstractmethod
    def value(self, point: Array) -> Array:
        """The function at `point` `(d, ...)`, as `(...)`."""

    def gradient(self, point: Array) -> Gradient:
        """The partial derivatives at `point` `(d, ...)`, as one array `(d, ...)` or d arrays `(...)`.

        This default takes central differences. They cost 2d values, and are right to about 1e-10 of the size of f.
        """
        differences = np.empty_like(point)
        for i in range(self.dim):
            ahead, behind = point.copy(), point.copy()
            step = _DIFFERENCE * np.maximum(1.0, np.abs(point[i]))
            ahead[i] += step
            behind[i] -= step
            differences[i] = (self.value(ahead) - self.value(behind)) / (ahead[i] - behind[i])
        return differences

    @property
    def evaluations_per_gradient(self) -> int:
        """The cost of a gradient: 1 if the class defines `gradient`, 2d values for central differences."""
        return 1 if type(self).gradient is not Objective.gradient else 2 * self.dim

    @property
    def noise_sigma(self) -> float:
        """Standard deviation of the normal noise that the descent adds to each partial derivative; 0 for none."""
        return 0.0

    @property
    def noise_seed(self) -> int:
        """Seed of the gradient noise."""
        return 0


def window_of(objective: Objective, starts: Array | None = None) -> Array:
    """The range to draw, `(2, 2)`, a row (low, high) per axis: the plot window, else the bounds, and all starts.

    Args:
        objective: An objective with d >= 2; the first two coordinates are drawn.
        starts: Points that must be visible, `(d, S)`. The range is extended to those outside, plus a margin of 4 %.

    >>> from rmsprop_lab.objectives import Bowl
    >>> window_of(Bowl(), starts=np.array([[2.0], [0.0]]))
    array([[-1.  ,  2.12],
           [-1.  ,  1.  ]])
    """
    window = np.array(objective.bounds[:2] if objective.plot_window is None else objective.plot_window, float)
    if starts is None:
        return window
    low, high = starts[:2].min(axis=1), starts[:2].max(axis=1)
    wider = np.stack([np.minimum(window[:, 0], low), np.maximum(window[:, 1], high)], axis=1)
    margin = 0.04 * (wider[:, 1] - wider[:, 0])
    wider[:, 0] -= np.where(low < window[:, 0], margin, 0.0)
    wider[:, 1] += np.where(high > window[:, 1], margin, 0.0)
    return wider


@functools.cache
def _float_fields(objective: type[Objective]) -> tuple[str, ...]:
    hints = get_type_hints(objective)
    return tuple(field.name for field in dataclasses.fields(objective) if field.init and hints[field.name] is float)


def _rows_of(bounds: Bounds, dim: int) -> Array:
    expected = f"[low, high] for every coordinate, or {dim} such rows, with finite low < high"
    rows = real_array(bounds)
    if rows is None or rows.shape not in {(2,), (dim, 2)} or not np.isfinite(rows).all():
        raise InputError("bounds", expected, bounds)
    if np.abs(rows).max() > _FARTHEST:
        raise InputError("bounds", f"numbers from -{_FARTHEST:g} to {_FARTHEST:g}", bounds)
    rows = np.broadcast_to(rows, (dim, 2)).copy()
    if not (rows[:, 0] < rows[:, 1]).all():
        raise InputError("bounds", expected, bounds, "Put the lower bound first.")
    rows.flags.writeable = False
    return rows
