"""Checks of single values, shared by classes and configs. Each returns the value as a plain Python type."""

import math
import numbers
import re
from pathlib import Path
from typing import Any

import numpy as np

from rmsprop_lab.base.arrays import Array
from rmsprop_lab.errors import Found, InputError

MOST_INT32 = 2**31 - 1
MOST_INT64 = 2**63 - 1
_A_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")  # one letter would be a drive


def integer(value: Any, key: str, least: int, most: int = MOST_INT64) -> int:
    """Returns `value` as an int.

    Args:
        value: What was given; NumPy's integers are accepted, booleans are not.
        key: Names the value in the error.
        least: Lowest valid integer.
        most: Highest valid integer; by default the highest that a table can hold.

    Raises:
        InputError: `value` is not an integer from `least` to `most`.
    """
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        number = int(value)
        if least <= number <= most:
            return number
        if number > most:
            raise InputError(key, f"an integer from {least} to {_grouped(most)}", value)
    limits = f">= {least}" if most in (MOST_INT32, MOST_INT64) else f"from {least} to {_grouped(most)}"
    raise InputError(key, f"an integer {limits}", value)


def _grouped(number: int) -> str:
    return f"{number:,}" if number >= 10_000 else str(number)


def flag(value: Any, key: str) -> bool:
    """Returns `value` if it is True or False.

    Raises:
        InputError: `value` is anything else, 0 and 1 included.
    """
    if not isinstance(value, bool):
        raise InputError(key, "true or false", value)
    return value


def real(value: Any, key: str, expected: str = "a finite number") -> float:
    """Returns `value` as a float.

    Args:
        value: What was given; NumPy's numbers are accepted, booleans and text are not.
        key: Names the value in the error.
        expected: What is valid, in words.

    Raises:
        InputError: `value` is not a finite number, or one too large for a float.
    """
    if not is_finite(value):
        raise InputError(key, expected, value)
    return float(value)


def positive(value: Any, key: str, expected: str = "a number > 0") -> float:
    """Returns `value` as a float; raises InputError if it is not a finite number above 0."""
    number = real(value, key, expected)
    if number <= 0:
        raise InputError(key, expected, value)
    return number


def is_real(value: Any) -> bool:
    """Whether `value` is a real number, Python's or NumPy's; a boolean is not."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def is_finite(value: Any) -> bool:
    """Whether `value` is a real number that a float can hold."""
    try:
        return is_real(value) and math.isfinite(float(value))
    except OverflowError:
        return False


def real_array(values: Any, flags: bool = False) -> Array | None:
    """A number, or nested lists or an array of numbers, as a float64 array; None for anything else.

    NumPy alone would take text and booleans for numbers.

    Args:
        values: What was given.
        flags: Whether booleans are valid, as 0 and 1.

    >>> real_array([[1, 2.5]]), real_array([["1", 2]]), real_array([[True, 2]])
    (array([[1. , 2.5]]), None, None)
    """
    try:
        array = np.asarray(values)
        if not _all_numbers(values, flags):
            return None
        return array.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError):  # ragged lists, objects, integers of hundreds of digits
        return None


def _all_numbers(values: Any, flags: bool) -> bool:
    if isinstance(values, list | tuple):
        return all(_all_numbers(value, flags) for value in values)
    if hasattr(values, "__array__"):
        array = np.asarray(values)
        if array.dtype == object:
            return all(_all_numbers(value, flags) for value in array.flat)
        return array.dtype.kind in ("fiub" if flags else "fiu")
    return is_real(values) or (flags and isinstance(values, bool))


def local_folder(path: Any, key: str = "output_dir") -> Path:
    """Returns the path of a folder of this machine, with a leading `~` as the user's home.

    Raises:
        InputError: It is no path, a URI, has a `?`, or is not text that a file name can hold.
    """
    if not isinstance(path, str | Path) or not str(path):
        raise InputError(key, "the path of a folder", path)
    text = str(path)
    if "?" in text:
        raise InputError(key, "a path without '?', which would end it in the URI of the MLflow store", text)
    if _A_URI.match(text):
        raise InputError(key, "a folder of this machine", text, "Give a path, and copy the folder afterwards.")
    try:
        text.encode()
        folder = Path(text).expanduser()
    except UnicodeEncodeError:
        change = "Set PYTHONUTF8=1, or choose another folder."
        raise InputError(key, "a path in the system's encoding", Found(ascii(text)), change) from None
    except RuntimeError:
        raise InputError(key, "a folder", text, "There is no such user: write ./~ for a folder of that name.") from None
    if "\0" in text or any(len(part.encode()) > 255 for part in folder.parts):
        raise InputError(key, "a path whose parts have at most 255 bytes, none of them 0", Found(f"{text[:60]!r}..."))
    return folder
