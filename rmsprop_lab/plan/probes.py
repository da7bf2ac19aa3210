"""Hyperparameters that an optimizer's class is asked with: fixed ones, which every class has."""

import dataclasses
import functools
import math
from collections.abc import Iterator
from typing import Any

from rmsprop_lab.base import Interval, Optimizer, given_fields, intervals
from rmsprop_lab.errors import raised

_SETTINGS = 5
_FRACTIONS = (0.5, 0.9, 0.1, 0.99, 0.7)  # of a bounded interval
_DISTANCES = (0.1, 1.0, 0.01, 0.5, 3.0)  # from the only end of an interval
_ANY = (0.1, -1.0, 0.5, 2.0, -0.3)  # of the whole line


def probes(optimizer: Optimizer) -> Iterator[Optimizer | str]:
    """Optimizers of the same class with fixed hyperparameters: its defaults, then five settings in their intervals.

    Fields that are no hyperparameters stay as they are. The type of an exception stands for an optimizer that its
    class refuses to make.
    """
    numbers = _numbers_of(type(optimizer))
    defaults = {item.name: item.default for item in dataclasses.fields(optimizer)}
    given = {name: value for name, value in defaults.items() if name in numbers and value is not dataclasses.MISSING}
    for setting in range(-1, _SETTINGS):
        drawn: dict[str, Any] = {
            name: choices[(setting + place) % len(choices)] for place, (name, choices) in enumerate(numbers.items())
        }
        yield _made(optimizer, drawn | given if setting < 0 else drawn)


def _made(optimizer: Optimizer, hyperparameters: dict[str, Any]) -> Optimizer | str:
    try:
        return dataclasses.replace(optimizer, **hyperparameters)
    except BaseException as error:  # user code may raise anything
        raised(error)
        return type(error).__name__


def other_fields(optimizer: Optimizer) -> dict[str, Any]:
    """The fields that `probes` leaves as they are."""
    numbers = _numbers_of(type(optimizer))
    return {name: value for name, value in given_fields(optimizer).items() if name not in numbers}


@functools.cache
def _numbers_of(cls: type[Optimizer]) -> dict[str, list[float]]:
    """Some valid numbers of each hyperparameter; one whose interval has none of ours is left out."""
    fields = {item.name for item in dataclasses.fields(cls) if item.init}
    found = {name: _numbers_in(interval) for name, interval in intervals(cls).items() if name in fields}
    return {name: numbers for name, numbers in found.items() if numbers}


def _numbers_in(interval: Interval) -> list[float]:
    low, high = interval.low, interval.high
    if interval.kind == "flag":
        return [1.0, 0.0]
    if interval.kind == "whole":
        first = math.floor(low) if math.isfinite(low) else 0
        numbers = [first + further for further in (1.0, 2.0, 3.0, 5.0, 8.0)]
    elif math.isfinite(low) and math.isfinite(high):
        numbers = [low + (high - low) * fraction for fraction in _FRACTIONS]
    elif math.isfinite(low):
        numbers = [low + distance for distance in _DISTANCES]
    else:
        numbers = [high - distance for distance in _DISTANCES] if math.isfinite(high) else list(_ANY)
    return [number for number in numbers if number in interval]
