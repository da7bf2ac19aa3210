"""What an optimizer is."""

import dataclasses
import functools
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, get_type_hints

import numpy as np

from rmsprop_lab.base.arrays import Array, Hyperparameter, State
from rmsprop_lab.base.interval import Interval
from rmsprop_lab.errors import InputError


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
