"""What an objective is."""

import dataclasses
import functools
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, get_type_hints

import numpy as np

from rmsprop_lab.base.arrays import Array, Bounds, Gradient
from rmsprop_lab.errors import InputError

_MOST_DIMENSIONS = 1_000_000
_DIFFERENCE = float(np.finfo(np.float64).eps) ** (1 / 3)  # balances truncation against rounding


@dataclass(frozen=True, eq=False)
class Objective(ABC):
    """A function to minimise, with its gradient.

    A subclass is a frozen dataclass (`@dataclass(frozen=True, eq=False)`) that gives `dim` and `bounds`
    defaults, adds whatever else it can be configured by as fields, and states what is known about it:

    - `minimum`: the value at the global minimum, or None when unknown;
    - `minimizers`: `(d, m)`, the m global minimizers as columns, or None;
    - `plot_window`: `(2, 2)`, the part worth drawing when the bounds are too wide, or None.

    `bounds` may be given as one pair for every dimension; the attribute is always `(d, 2)`: one row per
    dimension, lowest value first. Starts are drawn from the bounds; nothing is clipped to them.

    Raises `InputError` for a dimension the objective does not have and for bounds that are reversed, not
    finite or of the wrong shape.
    """

    dim: int
    bounds: Bounds

    exact: ClassVar[bool] = False
    """Only + - * / and square roots: engines then agree to the last bit."""
    planar: ClassVar[bool] = False
    """Two-dimensional, written on `x, y = point`."""
    min_dim: ClassVar[int] = 1

    def __post_init__(self) -> None:
        for name in _float_fields(type(self)):
            object.__setattr__(self, name, _one_number(getattr(self, name), name))
        self._check_dim()
        object.__setattr__(self, "bounds", _rows_of(self.bounds, self.dim))

    def _check_dim(self) -> None:
        expected = "2, the only dimension of this objective" if self.planar else f"an integer >= {self.min_dim}"
        valid = self.dim == 2 if self.planar else isinstance(self.dim, int) and self.dim >= self.min_dim
        if valid and self.dim > _MOST_DIMENSIONS:
            raise InputError("dim", f"an integer from {self.min_dim} to {_MOST_DIMENSIONS:,}", self.dim)
        if not valid or isinstance(self.dim, bool):
            raise InputError("dim", expected, self.dim)

    @property
    def minimum(self) -> float | None:
        return None

    @property
    def minimizers(self) -> Array | None:
        return None

    @property
    def plot_window(self) -> Any:
        return None

    @abstractmethod
    def value(self, point: Array) -> Array:
        """f at `point`: `(d, ...)` to `(...)`."""

    def gradient(self, point: Array) -> Gradient:
        """The partial derivatives at `point`: `(d, ...)` to `(d, ...)`, or the d parts as a tuple.

        An objective that does not define it gets central differences: 2d values in place of a gradient, right
        to about 1e-10 of the scale of f.
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
        """1 for a gradient of its own, 2d for central differences."""
        return 1 if type(self).gradient is not Objective.gradient else 2 * self.dim

    @property
    def noise_sigma(self) -> float:
        """The standard deviation of the noise that the descent adds to each partial derivative."""
        return 0.0

    @property
    def noise_seed(self) -> int:
        """Which noise."""
        return 0


def window_of(objective: Objective, starts: Array | None = None) -> Array:
    """`(2, 2)`: the plot window, widened to show all starts `(d, S)`; the same for every run on a problem."""
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


def _one_number(value: Any, name: str) -> float:
    """1000 and 1000.0 are the same setting, and the same run."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputError(name, "a number", value)
    return float(value)


def _rows_of(bounds: Bounds, dim: int) -> Array:
    expected = f"[low, high] for every dimension, or {dim} such rows, with finite low < high"
    try:
        rows = np.array(bounds, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("bounds", expected, bounds) from None
    if rows.shape not in {(2,), (dim, 2)} or not np.isfinite(rows).all():
        raise InputError("bounds", expected, bounds)
    rows = np.broadcast_to(rows, (dim, 2)).copy()
    if not (rows[:, 0] < rows[:, 1]).all():
        raise InputError("bounds", expected, bounds, "Put the lower bound first.")
    rows.flags.writeable = False
    return rows
