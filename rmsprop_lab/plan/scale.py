"""The scales on which a range is spaced evenly, and their formulas."""

import math
from collections.abc import Callable
from typing import Literal, TypeAlias

Scale: TypeAlias = Literal["linear", "log", "log_complement"]
"""Even spacing in x (`linear`), in log x (`log`), or in log(1 - x) (`log_complement`), for decay rates such as 0.9,
0.99, 0.999."""

# Numbers computed on a scale are rounded to this many digits: 0.001 and not 0.0010000000000000002. They are readable,
# and a point that two grids share is the same run.
_DIGITS = 12


def to_scale(value: float, scale: Scale) -> float:
    """The position of a number on a scale: x, log10 x, or -log10(1 - x). It increases with the number.

    >>> round(to_scale(0.99, "log_complement"), 9)
    2.0
    """
    return _FORWARD[scale](value)


def from_scale(position: float, scale: Scale) -> float:
    """The number at a position, the inverse of `to_scale`, rounded to 12 digits (of 1 - x for `log_complement`).

    >>> from_scale(-3.0, "log")
    0.001
    """
    return _BACKWARD[scale](position)


def rounded(value: float) -> float:
    """A number rounded to 12 significant digits."""
    return float(f"{value:.{_DIGITS}g}")


def complement(value: float) -> float:
    """1 - x, rounded to 12 digits to remove the rounding error of the subtraction.

    >>> 1 - 0.9, complement(0.9)
    (0.09999999999999998, 0.1)
    """
    return rounded(1.0 - value)


def _power(exponent: float) -> float:
    """10 to the power of a number; infinity where Python would raise an error."""
    try:
        power: float = 10.0**exponent
        return power
    except OverflowError:
        return math.inf


_FORWARD: dict[Scale, Callable[[float], float]] = {
    "linear": float,
    "log": math.log10,
    "log_complement": lambda x: -math.log10(1.0 - x),
}
_BACKWARD: dict[Scale, Callable[[float], float]] = {
    "linear": rounded,
    "log": lambda u: rounded(_power(u)),
    "log_complement": lambda u: 1.0 - rounded(_power(-u)),
}
