"""Where the descents begin."""

import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.errors import Found, InputError, did_you_mean

Method: TypeAlias = Literal["uniform", "fresh", "tutorial", "fixed"]
MOST_STARTS = 1_000_000
_MOST_NUMBERS = 10**8  # 0.8 GB
_FRESH_STREAM = 2**32  # where the noise of fresh starts begins, beyond that of any others


@dataclass(frozen=True)
class Starts:
    """`count` starts in an objective's bounds.

    - `uniform`: `default_rng(SeedSequence(seed)).random((count, d))` scaled to the bounds, so that a larger
      count extends a smaller one;
    - `fresh`: the same with another spawn key, for showing what was tuned on others;
    - `tutorial`: the same from NumPy's legacy generator after `seed(seed)`, as the tutorial draws its start;
    - `fixed`: the given `points`, one row per start; `count` and `seed` play no part.

    Raises `InputError` for a count below 1, a negative seed, and points that do not fit the dimension.
    """

    method: Method = "uniform"
    count: int = 10
    seed: int = 0
    points: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise InputError(
                "method", "a way to choose starts", self.method, did_you_mean(self.method, get_args(Method))
            )
        if isinstance(self.count, int) and self.count > MOST_STARTS:
            raise InputError("count", f"an integer from 1 to {MOST_STARTS:,}", self.count)
        for name, least in (("count", 1), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InputError(name, f"an integer >= {least}", value)
        if self.method == "tutorial" and self.seed >= 2**32:
            raise InputError("seed", "an integer below 2**32, as the legacy generator takes", self.seed)
        if self.method == "fixed" and not self.points:
            raise InputError(
                "points", "one row of coordinates per start", self.points, "Try starts.points=[[0.5,-0.5]]."
            )

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
        expected = f"rows of {dim} finite numbers, one row per start"
        try:
            rows = np.array(self.points, dtype=np.float64)
        except (TypeError, ValueError):
            raise InputError("points", expected, self.points) from None
        if rows.ndim != 2 or rows.shape[1] != dim or not np.isfinite(rows).all():
            raise InputError("points", expected, self.points)
        return np.ascontiguousarray(rows.T)


def digest(points: Array) -> str:
    """SHA-256 of the shape and the exact numbers."""
    exact = np.ascontiguousarray(points, dtype="<f8")
    return hashlib.sha256(repr(exact.shape).encode() + exact.tobytes()).hexdigest()
