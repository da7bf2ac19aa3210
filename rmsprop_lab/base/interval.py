"""The numbers that a hyperparameter may take, as annotations of an optimizer's fields."""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from rmsprop_lab.base.arrays import Hyperparameter


@dataclass(frozen=True)
class Interval:
    """The numbers a hyperparameter may take, used as `Annotated[Hyperparameter, Interval(...)]`."""

    low: float = -math.inf
    high: float = math.inf
    closed_low: bool = False
    kind: Literal["real", "whole", "flag"] = "real"
    tuned: bool = True
    """Whether people tune it: what they do not is left out of titles and tables, unless it is searched."""

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


Positive = Annotated[Hyperparameter, Interval(0.0)]
NonNegative = Annotated[Hyperparameter, Interval(0.0, closed_low=True)]
Fraction = Annotated[Hyperparameter, Interval(0.0, 1.0, closed_low=True)]
"""A decay rate: a number in [0, 1)."""
Count = Annotated[Hyperparameter, Interval(0.0, closed_low=True, kind="whole")]
"""A whole number; a range of it is rounded."""
Flag = Annotated[Hyperparameter, Interval(kind="flag")]
"""True or False, to be used as the number 1 or 0; its range is `{values: [false, true]}`."""
Epsilon = Annotated[Hyperparameter, Interval(0.0, tuned=False)]
"""A small positive number that keeps a denominator from 0, which people do not tune."""
