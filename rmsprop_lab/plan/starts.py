"""Starts: the points at which descents begin."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.base.checks import integer, real_array
from rmsprop_lab.errors import Found, InputError, did_you_mean

Method: TypeAlias = Literal["uniform", "fresh", "tutorial", "fixed"]
MOST_STARTS = 1_000_000
_MOST_NUMBERS = 10**8  # 0.8 GB
_ROWS = "rows of finite numbers, one row of coordinates per start"
_FRESH_STREAM = 2**32  # the first noise stream of fresh starts, beyond those of all other starts


@dataclass(frozen=True)
class Starts:
    """Points at which descents begin: random points in an objective's bounds, or fixed ones.

    - `uniform`: `default_rng(SeedSequence(seed)).random((count, d))`, scaled to the bounds. A larger count extends a
      smaller one.
    - `fresh`: like `uniform`, with another spawn key: starts to evaluate what was tuned on uniform ones.
    - `tutorial`: like `uniform`, from NumPy's legacy generator after `seed(seed)`, as in the tutorial.
    - `fixed`: the given `points`.

    Args:
        method: One of the above; `fixed` if `points` are given.
        count: Number of starts, from 1 to 1,000,000; ignored for `fixed`.
        seed: Seed of the random points, >= 0; ignored for `fixed`.
        points: One row of coordinates per start, `(count, d)`, as an array or nested list; or a single start, `(d,)`.

    Raises:
        InputError: A value of the wrong type or out of range, or points that are not rows of finite numbers. The
            error's key is the argument's name.

    >>> from rmsprop_lab.objectives import Bowl
    >>> Starts(count=3, seed=1).at(Bowl()).shape
    (2, 3)
    >>> Starts(points=[[0.5, -0.5], [1.0, 1.0]]).at(Bowl())
    array([[ 0.5,  1. ],
           [-0.5,  1. ]])
    """

    method: Method = "uniform"
    count: int = 10
    seed: int = 0
    points: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.method, str) or self.method not in get_args(Method):
            hint = did_you_mean(str(self.method), get_args(Method))
            raise InputError("method", "a method of choosing starts", self.method, hint)
        object.__setattr__(self, "count", integer(self.count, "count", 1, MOST_STARTS))
        object.__setattr__(self, "seed", integer(self.seed, "seed", 0))
        if self.method == "tutorial" and self.seed >= 2**32:
            raise InputError("seed", "an integer below 2**32 for the tutorial's generator", self.seed)
        if self.points is not None:
            object.__setattr__(self, "points", _rows(self.points))
            object.__setattr__(self, "method", "fixed")
        if self.method == "fixed" and not self.points:
            raise InputError("points", _ROWS, self.points, "Try [[0.5, -0.5]].")

    def at(self, objective: Objective) -> Array:
        """The starts on an objective, `(d, count)`.

        Raises:
            InputError: Fixed points of another dimension, or more than 10**8 coordinates in all.
        """
        if self.method == "fixed":
            return self._given(objective.dim)
        shape = (self.count, objective.dim)
        if self.count * objective.dim > _MOST_NUMBERS:
            found = Found(f"{self.count:,} starts of {objective.dim:,} coordinates")
            raise InputError("count", f"at most {_MOST_NUMBERS:,} coordinates in all starts", found, "Lower count.")
        if self.method == "tutorial":
            uniform = np.random.RandomState(self.seed).rand(*shape)
        else:
            spawn_key = (1,) if self.method == "fresh" else ()
            uniform = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=spawn_key)).random(shape)
        low, high = objective.bounds[:, 0], objective.bounds[:, 1]
        return np.ascontiguousarray((low + uniform * (high - low)).T)

    @property
    def is_redrawn(self) -> bool:
        """Whether each repeat of a search has other points: those of the tutorial and fixed ones stay."""
        return self.method in ("uniform", "fresh")

    def redrawn(self, repeat: int) -> "Starts":
        """The starts of a repeat, from 0: drawn with `seed + repeat`, or the same if they are not redrawn."""
        return replace(self, seed=self.seed + repeat) if self.is_redrawn and repeat else self

    @property
    def first_stream(self) -> int:
        """Number of the first start's noise stream; the other starts have the numbers that follow."""
        return _FRESH_STREAM if self.method == "fresh" else 0

    def _given(self, dim: int) -> Array:
        assert self.points is not None
        rows = np.array(self.points)
        if rows.shape[1] != dim:
            raise InputError("points", f"rows of {dim} finite numbers, one row per start", self.points)
        return np.ascontiguousarray(rows.T)


def as_starts(given: Any, key: str) -> Starts:
    """Converts an array or nested list, one row per start, to fixed starts; returns `Starts` unchanged.

    Args:
        given: `Starts`, or points `(count, d)` or `(d,)`.
        key: The argument that they were given as, for errors.

    Raises:
        InputError: They are neither. The error's key begins with `key`.
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
    rows = real_array(points)
    if rows is not None and rows.ndim == 1:
        rows = rows[np.newaxis]
    if rows is None or rows.ndim != 2 or not rows.size or not np.isfinite(rows).all():
        raise InputError("points", _ROWS, points)
    return tuple(map(tuple, rows.tolist()))


def digest(points: Array) -> str:
    """SHA-256 of the shape and the exact numbers of an array."""
    exact = np.ascontiguousarray(points, dtype="<f8")
    return hashlib.sha256(repr(exact.shape).encode() + exact.tobytes()).hexdigest()
