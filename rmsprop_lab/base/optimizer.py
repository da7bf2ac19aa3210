"""The base class of optimizers."""

import dataclasses
import functools
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, get_type_hints

import numpy as np

from rmsprop_lab.base.arrays import Array, Hyperparameter, State
from rmsprop_lab.base.checks import real_array
from rmsprop_lab.base.interval import Interval
from rmsprop_lab.errors import Found, InputError


@dataclass(frozen=True, eq=False)
class Optimizer(ABC):
    """A first-order update rule: the descent computes x = x - step.

    Subclass it with `@dataclass(frozen=True, eq=False)`. The fields are the hyperparameters, each a number, or an array
    `(B,)` with one number per run. Annotate them with the numbers they may take: `Positive`, `NonNegative`, `Fraction`,
    `Count`, `Flag` or `Epsilon`; `float` stands for any finite number. Define `update`, and `init` if the rule has
    state. `update` must be pure: it returns new arrays and changes neither its arguments nor the object.
    `rmsprop_lab.base` shows a complete example. Two class attributes say what kind of rule it is:

    - `elementwise`: True, the default, if each coordinate's step depends on that coordinate's gradients alone. A rule
      that needs all coordinates or the point (clipping by norm, weight decay) sets it to False; the descent then calls
      `update(gradient, state, point)` with arrays `(d, B)`.
    - `exact`: True if `update` uses only + - * / and square roots: all engines agree bit for bit. Where it is not
      said, the operations show it.

    Raises:
        InputError: A hyperparameter is not a valid number. The error's key is the field's name.

    >>> from rmsprop_lab.optimizers import GD
    >>> GD(step_size=-1)
    Traceback (most recent call last):
    rmsprop_lab.errors.InputError: step_size: expected a finite number > 0, found -1.
    """

    elementwise: ClassVar[bool] = True
    exact: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for name, interval in intervals(type(self)).items():
            value = _number(getattr(self, name), name, interval)
            if value not in interval:
                raise InputError(name, str(interval), getattr(self, name))
            single = {"real": float, "whole": int, "flag": bool}[interval.kind]
            object.__setattr__(self, name, value if np.ndim(value) else single(value))

    def init(self) -> tuple[Hyperparameter, ...]:
        """The number that each part of the state starts from; `()` for a rule without state."""
        return ()

    @abstractmethod
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        """Computes one step.

        Args:
            gradient: Partial derivatives at the current point, of any shape.
            state: The parts of the state, in the order of `init`, each of the gradient's shape.

        Returns:
            The step, which the descent subtracts from the point, and the new state, all of the gradient's shape.
        """


@functools.cache
def intervals(optimizer: type[Optimizer]) -> dict[str, Interval]:
    """The valid numbers of each hyperparameter of a class, by field name.

    >>> from rmsprop_lab.optimizers import RMSProp
    >>> print(intervals(RMSProp)["rho"])
    a number in [0, 1)
    """
    hints = get_type_hints(optimizer, include_extras=True)
    found = {}
    for field in dataclasses.fields(optimizer):
        hint = hints[field.name]
        marks = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Interval)]
        if marks or hint in (float, Hyperparameter):
            found[field.name] = marks[0] if marks else Interval()
    return found


def _number(value: Any, name: str, interval: Interval) -> Hyperparameter:
    """`value` as a float, or as a float64 array `(B,)`, without a copy where possible."""
    array = real_array(value, flags=interval.kind == "flag")
    if array is None:
        raise InputError(name, str(interval), value)
    if array.ndim > 1:
        raise InputError(name, f"{interval}, or one per run, shape (B,)", Found(f"shape {array.shape}"))
    return array if array.ndim else float(array) + 0.0  # -0 is 0: the same run
