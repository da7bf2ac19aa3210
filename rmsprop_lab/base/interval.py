"""Annotations for the fields of an optimizer: which numbers a hyperparameter may take."""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from rmsprop_lab.base.arrays import Hyperparameter

_MOST_WHOLE = 2.0**53  # from here on, floats skip integers


@dataclass(frozen=True)
class Interval:
    """The valid numbers of a hyperparameter, for `Annotated[Hyperparameter, Interval(...)]`.

    `Positive`, `NonNegative`, `Fraction`, `Count`, `Flag` and `Epsilon` are such annotations, ready to use.

    Args:
        low: Lower end.
        high: Upper end, which is not in the interval.
        closed_low: Whether `low` itself is valid.
        kind: `real`; `whole` for integers; `flag` for True and False, where `low` and `high` do not count.
        tuned: Whether people tune the hyperparameter. One that they do not is left out of titles and tables unless it
            is searched.

    >>> decay = Interval(0.0, 1.0, closed_low=True)
    >>> print(decay, 0.9 in decay, 1.0 in decay)
    a number in [0, 1) True False
    """

    low: float = -math.inf
    high: float = math.inf
    closed_low: bool = False
    kind: Literal["real", "whole", "flag"] = "real"
    tuned: bool = True

    def __contains__(self, value: Hyperparameter) -> bool:
        if self.kind == "flag":
            return bool(np.all(np.equal(value, 0.0) | np.equal(value, 1.0)))
        above = np.greater_equal(value, self.low) if self.closed_low else np.greater(value, self.low)
        whole = self.kind == "real" or (np.equal(np.mod(value, 1.0), 0.0) & np.less_equal(np.abs(value), _MOST_WHOLE))
        return bool(np.all(above & np.less(value, self.high) & np.isfinite(value) & whole))

    def __str__(self) -> str:
        if self.kind == "flag":
            return "true or false"
        if self.kind == "whole":
            return f"a whole number {'>=' if self.closed_low else '>'} {self.low:g}, at most 2**53"
        if math.isinf(self.high):
            if math.isinf(self.low):
                return "a finite number"
            return f"a finite number {'>=' if self.closed_low else '>'} {self.low:g}"
        return f"a number in {'[' if self.closed_low else '('}{self.low:g}, {self.high:g})"


Positive = Annotated[Hyperparameter, Interval(0.0)]
"""A finite number > 0, such as a step size."""
NonNegative = Annotated[Hyperparameter, Interval(0.0, closed_low=True)]
"""A finite number >= 0."""
Fraction = Annotated[Hyperparameter, Interval(0.0, 1.0, closed_low=True)]
"""A number in [0, 1), such as a decay rate."""
Count = Annotated[Hyperparameter, Interval(0.0, closed_low=True, kind="whole")]
"""An integer >= 0. A search rounds what it draws for it."""
Flag = Annotated[Hyperparameter, Interval(kind="flag")]
"""True or False, used in the formula as 1 or 0. In a space: `{values: [false, true]}`."""
Epsilon = Annotated[Hyperparameter, Interval(0.0, tuned=False)]
"""A finite number > 0 that keeps a denominator from 0 and is not tuned."""
