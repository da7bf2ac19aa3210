"""Checks of single values that classes and configs share; each returns the value in its plain Python type."""

import numbers
from typing import Any

from rmsprop_lab.errors import InputError


def integer(value: Any, key: str, least: int, most: int | None = None) -> int:
    """An integer from `least` to `most`; NumPy's integers are fine. Raises `InputError` for anything else."""
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        number = int(value)
        if number >= least and (most is None or number <= most):
            return number
    highest = f"{most:,}" if most is not None and most >= 10_000 else str(most)
    expected = f"an integer >= {least}" if most is None else f"an integer from {least} to {highest}"
    raise InputError(key, expected, value)


def flag(value: Any, key: str) -> bool:
    """True or False. Raises `InputError` for anything else, numbers among it."""
    if not isinstance(value, bool):
        raise InputError(key, "true or false", value)
    return value


def is_real(value: Any) -> bool:
    """Whether a value is a real number, NumPy's among them, and no boolean."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)
