"""What an objective and an optimizer are: all that somebody writing one needs to read.

Arrays carry the **coordinate axis first**: a point is `(d,)`, a batch of B points `(d, B)`, a mesh
`(d, ny, nx)`. Code written without branches on values serves all three.
"""

import dataclasses
import functools
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, get_type_hints

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.errors import InputError

Array: TypeAlias = NDArray[np.float64]
Gradient: TypeAlias = Array | Sequence[Array]
State: TypeAlias = tuple[Array, ...]
Bounds: TypeAlias = Any  # a pair (low, high) for every dimension, or one such row per dimension
Hyperparameter: TypeAlias = float | Array  # one number, or one per run, shape (B,)


@dataclass(frozen=True)
class Interval:
    """The numbers a hyperparameter may take, used as `Annotated[Hyperparameter, Interval(...)]`."""

    low: float = -math.inf
    high: float = math.inf
    closed_low: bool = False
    kind: Literal["real", "whole", "flag"] = "real"

    def __contains__(self, value: Hyperparameter) -> bool:
        if self.kind == "flag":
            return bool(np.all(np.equal(value, 0.0) | np.equal(value, 1.0)))
        above = np.greater_equal(value, self.low) if self.closed_low else np.greater(value, self.low)
        whole = self.kind == "real" or np.equal(np.mod(value, 1.0), 0.0)
        return bool(np.all(above & np.less(value, self.high) & np.isfinite(value) & whole))

    def __str__(self) -> str:
        if self.kind == "flag":
            return "true or false"
        if self.kind == "whole":
            return f"a whole number {'>=' if self.closed_low else '>'} {self.low:g}"
        if math.isinf(self.high):
            if math.isinf(self.low):
                return "a finite number"
            return f"a finite number {'>=' if self.closed_low else '>'} {self.low:g}"
        return f"a number in {'[' if self.closed_low else '('}{self.low:g}, {self.high:g})"


_MOST_DIMENSIONS = 1_000_000
_DIFFERENCE = float(np.finfo(np.float64).eps) ** (1 / 3)  # balances truncation against rounding

Positive = Annotated[Hyperparameter, Interval(0.0)]
NonNegative = Annotated[Hyperparameter, Interval(0.0, closed_low=True)]
Fraction = Annotated[Hyperparameter, Interval(0.0, 1.0, closed_low=True)]
"""A decay rate: a number in [0, 1)."""
Count = Annotated[Hyperparameter, Interval(0.0, closed_low=True, kind="whole")]
"""A whole number; a range of it is rounded."""
Flag = Annotated[Hyperparameter, Interval(kind="flag")]
"""True or False, to be used as the number 1 or 0; its range is `{values: [false, true]}`."""


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


@dataclass(frozen=True, eq=False)
class Optimizer(ABC):
    """A first-order update rule; its fields are its hyperparameters, each a number or one per run `(B,)`.

    The descent computes `x = x - step`. A rule is **elementwise** and **pure**: `update` sees one partial
    derivative at a time, whatever the shape it arrives in, and changes nothing it is given. A rule that
    needs the point or all coordinates at once (weight decay, clipping by norm) says `elementwise = False`
    and gets `update(gradient, state, point)` on whole arrays `(d, B)`.

    Annotate a field `Positive`, `NonNegative`, `Fraction`, `Count` or `Flag` to have its values checked; a bare
    `float` only has to be finite. Raises `InputError` otherwise.
    """

    elementwise: ClassVar[bool] = True
    exact: ClassVar[bool] = False
    """Only + - * / and square roots: engines then agree to the last bit."""

    def __post_init__(self) -> None:
        for name, interval in intervals(type(self)).items():
            value = _number(getattr(self, name), name, interval)
            if value not in interval:
                raise InputError(name, str(interval), getattr(self, name))
            single = {"real": float, "whole": int, "flag": bool}[interval.kind]
            object.__setattr__(self, name, value if np.ndim(value) else single(value))

    def init(self) -> tuple[Hyperparameter, ...]:
        """The numbers each part of the state starts from; `()` for a rule without state."""
        return ()

    @abstractmethod
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        """The step to subtract from the point, and the new state, all of the gradient's shape."""


def total(terms: Array) -> Array:
    """Sum over the coordinate axis: `(d, ...)` to `(...)`, adding row by row.

    `terms.sum(axis=0)` adds in an order that depends on the shape: a run computed alone and the same run
    in a batch would differ in the last bit from d = 8 on.
    """
    result: Array = terms[0]
    for i in range(1, len(terms)):
        result = result + terms[i]
    return result


@functools.cache
def intervals(optimizer: type[Optimizer]) -> dict[str, Interval]:
    """The valid numbers of each numeric hyperparameter of a class, by field name."""
    hints = get_type_hints(optimizer, include_extras=True)
    found = {}
    for field in dataclasses.fields(optimizer):
        hint = hints[field.name]
        marks = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Interval)]
        if marks or hint in (float, Hyperparameter):
            found[field.name] = marks[0] if marks else Interval()
    return found


@functools.cache
def _float_fields(objective: type[Objective]) -> tuple[str, ...]:
    hints = get_type_hints(objective)
    return tuple(field.name for field in dataclasses.fields(objective) if field.init and hints[field.name] is float)


def _one_number(value: Any, name: str) -> float:
    """1000 and 1000.0 are the same setting, and the same run."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputError(name, "a number", value)
    return float(value)


def _number(value: Any, name: str, interval: Interval) -> Hyperparameter:
    """`value` as a float or a float64 array (a view where possible)."""
    if isinstance(value, str) or value is None or (isinstance(value, bool) and interval.kind != "flag"):
        raise InputError(name, str(interval), value)
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(name, str(interval), value) from None
    if array.ndim > 1:
        raise InputError(name, f"{interval}, or one per run with shape (B,)", f"shape {array.shape}")
    return array if array.ndim else float(array)


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
