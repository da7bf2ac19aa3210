"""Checks of single values, shared by classes and configs. Each returns the value as a plain Python type."""

import numbers
from typing import Any

from rmsprop_lab.errors import InputError


def integer(value: Any, key: str, least: int, most: int | None = None) -> int:
    """Returns `value` as an int.

    Args:
        value: What was given; NumPy's integers are accepted, booleans are not.
        key: Names the value in the error.
        least: Lowest valid integer.
        most: Highest valid integer; None for no limit.

    Raises:
        InputError: `value` is not an integer from `least` to `most`.
    """
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        number = int(value)
        if number >= least and (most is None or number <= most):
            return number
    highest = f"{most:,}" if most is not None and most >= 10_000 else str(most)
    expected = f"an integer >= {least}" if most is None else f"an integer from {least} to {highest}"
    raise InputError(key, expected, value)


def flag(value: Any, key: str) -> bool:
    """Returns `value` if it is True or False.

    Raises:
        InputError: `value` is anything else, 0 and 1 included.
    """
    if not isinstance(value, bool):
        raise InputError(key, "true or false", value)
    return value


def is_real(value: Any) -> bool:
    """Whether `value` is a real number, Python's or NumPy's; a boolean is not."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)
