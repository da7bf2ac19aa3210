"""The scales that a range of numbers can be spread on: the only place with their formulas."""

import math
from collections.abc import Callable
from typing import Literal, TypeAlias

Scale: TypeAlias = Literal["linear", "log", "log_complement"]
"""`linear`; `log`: even in log x; `log_complement`: even in -log(1 - x), as decay rates matter: 0.9, 0.99, 0.999."""

# Numbers that are computed on a scale are rounded to this many digits: 0.001 and not 0.0010000000000000002, so that
# they are readable and that a point reached by two grids is the same run.
_DIGITS = 12


def to_scale(value: float, scale: Scale) -> float:
    """Where a number stands on its scale, larger numbers higher: x, log10 x, or -log10(1 - x)."""
    return _FORWARD[scale](value)


def from_scale(position: float, scale: Scale) -> float:
    """The inverse of `to_scale`, rounded to twelve digits (of 1 - x for `log_complement`)."""
    return _BACKWARD[scale](position)


def rounded(value: float) -> float:
    """A number to twelve significant digits."""
    return float(f"{value:.{_DIGITS}g}")


def complement(value: float) -> float:
    """1 - x without the digits that the subtraction makes up."""
    return rounded(1.0 - value)


_FORWARD: dict[Scale, Callable[[float], float]] = {
    "linear": float,
    "log": math.log10,
    "log_complement": lambda x: -math.log10(1.0 - x),
}
_BACKWARD: dict[Scale, Callable[[float], float]] = {
    "linear": rounded,
    "log": lambda u: rounded(10.0**u),
    "log_complement": lambda u: 1.0 - rounded(10.0**-u),
}
