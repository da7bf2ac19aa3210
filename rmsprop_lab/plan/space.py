"""Spaces: the range of each hyperparameter, which grids, random search and Optuna all draw from."""

import math
import numbers
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, get_args

import numpy as np

from rmsprop_lab.base import Optimizer, given_fields
from rmsprop_lab.base.checks import MOST_INT32, flag, integer, is_finite
from rmsprop_lab.errors import InputError, did_you_mean
from rmsprop_lab.plan.scale import Scale, complement, from_scale, rounded, to_scale

Space: TypeAlias = Mapping[str, "Range"]
"""The range of each hyperparameter to search, by name; the others keep their configured values."""

_COUNTED = 10_000  # up to here, points that coincide when rounded to integers are counted once; more are refused anyway


@dataclass(frozen=True)
class Range:
    """The numbers from `low` to `high`, evenly spaced on a scale; or explicit `values`.

    Args:
        low: Lowest number.
        high: Highest number.
        scale: Even spacing in x (`linear`), in log x (`log`), or in log(1 - x) (`log_complement`), for decay rates
            such as 0.9, 0.99, 0.999.
        points: Number of grid points.
        values: Explicit numbers, or True and False; all other arguments but `when` are then ignored.
        when: Condition, as a mapping from a hyperparameter that precedes this one in the space and has explicit
            values, to some of its values. With them this hyperparameter varies; with others it keeps its configured
            value.
        whole: Whether to round numbers to integers.

    Raises:
        InputError: A value of the wrong type, low >= high (unless `points` is 1 and low == high), points < 1, a log
            scale with low <= 0, `log_complement` outside [0, 1), or empty values. The error's key is the argument's
            name.

    >>> Range(1e-4, 1e-1, "log", points=4).grid()
    [0.0001, 0.001, 0.01, 0.1]
    >>> Range(0.9, 0.999, "log_complement", points=3).grid()
    [0.9, 0.99, 0.999]
    >>> Range(values=(True, False)).grid()
    [True, False]
    """

    low: float = math.nan
    high: float = math.nan
    scale: Scale = "linear"
    points: int = 1
    values: tuple[float, ...] | None = None
    when: Mapping[str, tuple[float, ...]] | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        self._check_when()
        flag(self.whole, "whole")
        if self.values is not None:
            self._check_values()
            return
        if not isinstance(self.scale, str) or self.scale not in get_args(Scale):
            raise InputError(
                "scale",
                "a scale",
                self.scale,
                did_you_mean(str(self.scale), get_args(Scale)),
            )
        for name in ("low", "high"):
            value = getattr(self, name)
            if not is_finite(value):
                raise InputError(name, "a finite number, or `values` instead", value)
            object.__setattr__(self, name, int(value) if isinstance(value, numbers.Integral) else float(value))
        object.__setattr__(self, "points", integer(self.points, "points", 1, MOST_INT32))
        if self.low > self.high or (self.low == self.high and self.points > 1):
            raise InputError("low", f"a number below high ({self.high:g})", self.low)
        if self.scale == "log" and self.low <= 0:
            raise InputError("low", "a number > 0, as the scale is log", self.low, "Raise it, or set scale=linear.")
        if self.scale == "log_complement" and not 0 <= self.low <= self.high < 1:
            bad = "low" if not 0 <= self.low < 1 else "high"
            raise InputError(bad, "a number in [0, 1), as the scale is log_complement", getattr(self, bad))
        length = to_scale(self.high, self.scale) - to_scale(self.low, self.scale)
        if self.low < self.high and not 0.0 < length < math.inf:
            change = "Move the ends apart." if length == 0.0 else "Move the ends closer."
            raise InputError("high", f"an end whose distance to low ({self.low:g}) is a float", self.high, change)

    def _check_values(self) -> None:
        if not isinstance(self.values, list | tuple | np.ndarray) or not len(self.values):
            raise InputError("values", "a list of at least one number", self.values)
        if not all(isinstance(value, bool) or is_finite(value) for value in self.values):
            raise InputError("values", "finite numbers, or true and false", list(self.values))
        object.__setattr__(self, "values", tuple(_typed(value) for value in self.values))

    def _check_when(self) -> None:
        if self.when is None:
            return
        if not isinstance(self.when, Mapping) or not self.when:
            raise InputError("when", "a hyperparameter and some of its values, as in {centered: [true]}", self.when)
        listed = {name: among if isinstance(among, list | tuple) else (among,) for name, among in self.when.items()}
        for name, among in listed.items():
            if not among or not all(isinstance(value, bool) or is_finite(value) for value in among):
                raise InputError(f"when.{name}", "one of its values, or a list of some", self.when[name])
        object.__setattr__(self, "when", {name: tuple(map(_typed, among)) for name, among in listed.items()})

    def __len__(self) -> int:
        """Number of grid points, counted without computing them; at most what `len` can return."""
        if self.values is not None:
            return len(dict.fromkeys(self.values))
        return len(self.grid()) if self.whole and self.points <= _COUNTED else min(self.points, sys.maxsize)

    def grid(self) -> list[float]:
        """The distinct grid points, ascending, the first and last exactly `low` and `high`; or the values as given."""
        if self.values is not None:
            return list(dict.fromkeys(self.values))
        if self.points == 1:
            return [self._rounded(self.low)]
        low, high = to_scale(self.low, self.scale), to_scale(self.high, self.scale)
        shares = np.linspace(0.0, 1.0, self.points)[1:-1].tolist()
        inner = [self._rounded(from_scale(low + share * (high - low), self.scale)) for share in shares]
        return list(dict.fromkeys([self._rounded(self.low), *inner, self._rounded(self.high)]))

    def with_points(self, points: int) -> "Range":
        """The same range with another number of grid points; explicit values stay."""
        return self if self.values is not None else replace(self, points=points)

    def at(self, position: float) -> float:
        """The number at a position in [0, 1] on the scale, or the explicit value there.

        Each integer n of a whole range has the positions of n - 1/2 to n + 1/2, so both ends have their full share.

        >>> Range(1e-4, 1e-2, "log").at(0.5)
        0.001
        >>> [Range(1, 4, whole=True).at(position) for position in (0.0, 0.24, 0.26, 1.0)]
        [1, 1, 2, 4]
        """
        if self.values is not None:
            return self.values[min(int(position * len(self.values)), len(self.values) - 1)]
        margin = 0.5 if self.whole else 0.0
        low, high = to_scale(self.low - margin, self.scale), to_scale(self.high + margin, self.scale)
        value = from_scale(low + float(position) * (high - low), self.scale)
        return min(max(round(value), round(self.low)), round(self.high)) if self.whole else value

    def nearest(self, value: float) -> float:
        """A computed number, such as a sampler's, rounded to 12 digits and clipped to the range."""
        if self.values is not None:
            return value
        if self.scale == "log_complement":
            value = 1.0 - complement(value)
        return self._rounded(min(max(rounded(value), self.low), self.high))

    def position(self, value: float) -> float:
        """The position of a number on the scale, from 0 for `low` to 1 for `high`. Undefined for explicit values."""
        low, high = to_scale(self.low, self.scale), to_scale(self.high, self.scale)
        return (to_scale(value, self.scale) - low) / (high - low)

    @property
    def varies(self) -> bool:
        """Whether it has more than one number."""
        return self.low < self.high if self.values is None else len(self) > 1

    def _rounded(self, value: float) -> float:
        return round(value) if self.whole else float(value)


def _typed(value: float) -> float:
    return value if isinstance(value, bool) else float(value)


def is_active(span: Range, chosen: Mapping[str, float]) -> bool:
    """Whether the condition of a range holds for the hyperparameters that precede it; True without a condition."""
    return span.when is None or all(chosen[name] in among for name, among in span.when.items())


def grid_size(space: Space) -> int:
    """Number of points of the grid over a space, counted without expanding it.

    >>> grid_size({"step_size": Range(1e-4, 1e-1, "log", points=4), "rho": Range(values=(0.9, 0.99))})
    8
    """
    parents = {name for span in space.values() for name in span.when or ()}
    return _count(list(space.items()), parents, {})


def _count(left: list[tuple[str, Range]], parents: set[str], chosen: Mapping[str, float]) -> int:
    if not left:
        return 1
    (name, span), *rest = left
    if not is_active(span, chosen):
        return _count(rest, parents, chosen)
    if name in parents:
        return sum(_count(rest, parents, {**chosen, name: value}) for value in span.grid())
    return len(span) * _count(rest, parents, chosen)


def grid_points(space: Space) -> Iterator[dict[str, float]]:
    """Every combination of grid points; the last hyperparameter varies fastest."""
    return _points(list(space.items()), {})


def _points(left: list[tuple[str, Range]], chosen: dict[str, float]) -> Iterator[dict[str, float]]:
    if not left:
        yield chosen
        return
    (name, span), *rest = left
    if not is_active(span, chosen):
        yield from _points(rest, chosen)
        return
    for value in span.grid():
        yield from _points(rest, {**chosen, name: value})


def point_at(space: Space, positions: Iterable[float]) -> dict[str, float]:
    """The point of a space at positions in [0, 1], one per range; without the conditional ranges that are not active.

    >>> point_at({"step_size": Range(1e-4, 1e-2, "log"), "rho": Range(0.5, 0.9)}, [0.5, 1.0])
    {'step_size': 0.001, 'rho': 0.9}
    """
    point: dict[str, float] = {}
    for (name, span), position in zip(space.items(), positions, strict=True):
        if is_active(span, point):
            point[name] = span.at(position)
    return point


def check_names(space: Mapping[str, Any], optimizer: Optimizer, key: str) -> None:
    """Checks that a space is one of the optimizer's hyperparameters, also where no search uses it.

    Args:
        space: Ranges by name of hyperparameter, or what a config has in place of them.
        optimizer: The optimizer.
        key: The space's key, for errors.

    Raises:
        InputError: A name is not one of a hyperparameter.
    """
    known = given_fields(optimizer)
    for name in space:
        if name not in known:
            expected = f"hyperparameters of {type(optimizer).__name__} ({', '.join(known)})"
            raise InputError(key, expected, name, did_you_mean(name, known))


def range_from(spec: Mapping[str, Any]) -> Range:
    """A `Range` from its mapping in a config: `{low, high, scale, points, values, when}`; null means left out.

    Raises:
        InputError: An unknown key, an empty mapping, or a value that `Range` rejects.
    """
    names = ["low", "high", "scale", "points", "values", "when"]
    for name in spec:
        if name not in names:
            raise InputError(str(name), "a key of a range", name, did_you_mean(str(name), names))
    given = {name: value for name, value in spec.items() if value is not None}
    if isinstance(given.get("values"), list):
        given["values"] = tuple(given["values"])
    if not spec or (not given and "values" in spec):
        raise InputError("values", "a list of values, or low, high and points instead", dict(spec))
    return Range(**given)
