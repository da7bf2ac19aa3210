"""The range of each hyperparameter: one description from which every search draws."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from rmsprop_lab.errors import InputError, did_you_mean

Scale: TypeAlias = Literal["linear", "log", "log_complement"]
Space: TypeAlias = Mapping[str, "Range"]
"""The range of each searched hyperparameter by name; what is not in it keeps its configured value."""

# Grid points are rounded to this many digits: 0.001 and not 0.0010000000000000002, so that they are
# readable and that a point reached by two grids is the same run.
_DIGITS = 12


@dataclass(frozen=True)
class Range:
    """The numbers `low` to `high` on a scale, `points` of them in a grid; or the explicit `values`.

    `log` spaces points evenly in log x, `log_complement` in log(1 - x), which is how decay rates near 1
    matter: 0.9, 0.99, 0.999. Raises `InputError` for low >= high (unless `points` is 1 and low == high),
    points < 1, a log scale from 0 or below, `log_complement` outside (0, 1), and an empty list.
    """

    low: float = math.nan
    high: float = math.nan
    scale: Scale = "linear"
    points: int = 1
    values: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.values is not None:
            self._check_values()
            return
        if self.scale not in get_args(Scale):
            raise InputError("scale", "a scale", self.scale, did_you_mean(str(self.scale), get_args(Scale)))
        for name in ("low", "high"):
            if not _is_number(getattr(self, name)):
                raise InputError(name, "a finite number, or `values` in its place", getattr(self, name))
        if isinstance(self.points, bool) or not isinstance(self.points, int) or self.points < 1:
            raise InputError("points", "an integer >= 1", self.points)
        if self.low > self.high or (self.low == self.high and self.points > 1):
            raise InputError("low", f"a number below high ({self.high:g})", self.low)
        if self.scale == "log" and self.low <= 0:
            raise InputError("low", "a number > 0, as the scale is log", self.low, "Or set scale=linear.")
        if self.scale == "log_complement" and not 0 < self.low <= self.high < 1:
            bad = "low" if not 0 < self.low < 1 else "high"
            raise InputError(bad, "a number in (0, 1), as the scale is log_complement", getattr(self, bad))

    def _check_values(self) -> None:
        if isinstance(self.values, str | float | int) or not self.values:
            raise InputError("values", "a list of one number or more", self.values)
        if not all(_is_number(value) for value in self.values):
            raise InputError("values", "finite numbers", list(self.values))
        object.__setattr__(self, "values", tuple(float(value) for value in self.values))

    def __len__(self) -> int:
        """How many grid points there are, counted without making them."""
        return self.points if self.values is None else len(dict.fromkeys(self.values))

    def grid(self) -> list[float]:
        """The grid points, without repetition, in order; the ends are `low` and `high` exactly."""
        if self.values is not None:
            return list(dict.fromkeys(self.values))
        if self.points == 1:
            return [float(self.low)]
        inner = [self.at(position) for position in np.linspace(0.0, 1.0, self.points)[1:-1]]
        return [float(self.low), *inner, float(self.high)]

    def with_points(self, points: int) -> "Range":
        """The same range with another number of grid points; explicit values stay."""
        return self if self.values is not None else replace(self, points=points)

    def at(self, position: float) -> float:
        """The number at `position` in [0, 1], evenly spaced on the scale; of explicit values, one of them."""
        if self.values is not None:
            return self.values[min(int(position * len(self.values)), len(self.values) - 1)]
        forward, backward = _SCALES[self.scale]
        low, high = forward(self.low), forward(self.high)
        return float(backward(low + float(position) * (high - low)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


_SCALES: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "linear": (float, _rounded),
    "log": (math.log10, lambda u: _rounded(10.0**u)),
    "log_complement": (lambda x: math.log10(1.0 - x), lambda u: 1.0 - _rounded(10.0**u)),
}


def grid_size(space: Space) -> int:
    """How many points the grid over `space` has, counted without expanding it."""
    return math.prod(len(span) for span in space.values())


def grid_points(space: Space) -> Iterator[dict[str, float]]:
    """Every combination of grid points, the last hyperparameter varying fastest."""
    grids = [span.grid() for span in space.values()]
    for combination in itertools.product(*grids):
        yield dict(zip(space, combination, strict=True))


def range_from(spec: Mapping[str, Any]) -> Range:
    """A `Range` from a configuration's `{low, high, scale, points, values}`, any of which may be left out."""
    names = list(Range.__dataclass_fields__)
    for name in spec:
        if name not in names:
            raise InputError(name, "a key of a range", name, did_you_mean(name, names))
    given = {name: value for name, value in spec.items() if value is not None}
    if isinstance(given.get("values"), list):
        given["values"] = tuple(given["values"])
    if not spec or (not given and "values" in spec):
        raise InputError("values", "low, high and points, or a list of values", dict(spec))
    return Range(**given)
