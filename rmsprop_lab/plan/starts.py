"""Where the descents begin."""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.base.checks import integer
from rmsprop_lab.errors import Found, InputError, did_you_mean

Method: TypeAlias = Literal["uniform", "fresh", "tutorial", "fixed"]
MOST_STARTS = 1_000_000
_MOST_NUMBERS = 10**8  # 0.8 GB
_ROWS = "rows of finite numbers, one row of coordinates per start"
_FRESH_STREAM = 2**32  # where the noise of fresh starts begins, beyond that of any others


@dataclass(frozen=True)
class Starts:
    """`count` starts in an objective's bounds.

    - `uniform`: `default_rng(SeedSequence(seed)).random((count, d))` scaled to the bounds, so that a larger
      count extends a smaller one;
    - `fresh`: the same with another spawn key, for showing what was tuned on others;
    - `tutorial`: the same from NumPy's legacy generator after `seed(seed)`, as the tutorial draws its start;
    - `fixed`: the given `points`, one row per start; `count` and `seed` play no part.

    Given `points` make the method `fixed`; they may be an array or a nested list, or the coordinates of one start.

    Raises `InputError` for a value of the wrong type, a count below 1, a negative seed, and points that are no rows
    of finite numbers. The error's key is the argument's name.

    >>> Starts(points=[[0.5, -0.5], [1.0, 1.0]]).method
    'fixed'
    """

    method: Method = "uniform"
    count: int = 10
    seed: int = 0
    points: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.method, str) or self.method not in get_args(Method):
            hint = did_you_mean(str(self.method), get_args(Method))
            raise InputError("method", "a way to choose starts", self.method, hint)
        object.__setattr__(self, "count", integer(self.count, "count", 1, MOST_STARTS))
        object.__setattr__(self, "seed", integer(self.seed, "seed", 0))
        if self.method == "tutorial" and self.seed >= 2**32:
            raise InputError("seed", "an integer below 2**32, as the legacy generator takes", self.seed)
        if self.points is not None:
            object.__setattr__(self, "points", _rows(self.points))
            object.__setattr__(self, "method", "fixed")
        if self.method == "fixed" and not self.points:
            raise InputError("points", _ROWS, self.points, "Try [[0.5, -0.5]].")

    def at(self, objective: Objective) -> Array:
        """The starts on `objective`, shape `(d, count)`."""
        if self.method == "fixed":
            return self._given(objective.dim)
        shape = (self.count, objective.dim)
        if self.count * objective.dim > _MOST_NUMBERS:
            found = Found(f"{self.count:,} of {objective.dim:,} coordinates")
            raise InputError("count", f"starts of at most {_MOST_NUMBERS:,} coordinates together", found)
        if self.method == "tutorial":
            uniform = np.random.RandomState(self.seed).rand(*shape)
        else:
            spawn_key = (1,) if self.method == "fresh" else ()
            uniform = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=spawn_key)).random(shape)
        low, high = objective.bounds[:, 0], objective.bounds[:, 1]
        return np.ascontiguousarray((low + uniform * (high - low)).T)

    @property
    def first_stream(self) -> int:
        """The number of the first start's noise stream; each start has its own."""
        return _FRESH_STREAM if self.method == "fresh" else 0

    def _given(self, dim: int) -> Array:
        assert self.points is not None
        rows = np.array(self.points)
        if rows.shape[1] != dim:
            raise InputError("points", f"rows of {dim} finite numbers, one row per start", self.points)
        return np.ascontiguousarray(rows.T)


def as_starts(given: Any, key: str) -> Starts:
    """`Starts` as they are; an array or nested list, one row per start, as fixed ones.

    Raises `InputError` below `key` for anything else.
    """
    if isinstance(given, Starts):
        return given
    if not isinstance(given, list | tuple | np.ndarray):
        raise InputError(key, f"Starts, or {_ROWS}", given)
    try:
        return Starts("fixed", points=_rows(given))
    except InputError as error:
        raise error.under(key) from None


def _rows(points: Any) -> tuple[tuple[float, ...], ...]:
    try:
        rows = np.array(points if isinstance(points, list | tuple | np.ndarray) else None, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("points", _ROWS, points) from None
    rows = rows[np.newaxis] if rows.ndim == 1 else rows
    if rows.ndim != 2 or not rows.size or not np.isfinite(rows).all():
        raise InputError("points", _ROWS, points)
    return tuple(map(tuple, rows.tolist()))


def digest(points: Array) -> str:
    """SHA-256 of the shape and the exact numbers."""
    exact = np.ascontiguousarray(points, dtype="<f8")
    return hashlib.sha256(repr(exact.shape).encode() + exact.tobytes()).hexdigest()
