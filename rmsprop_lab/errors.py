"""The errors of this package.

    LabError
    ├── InputError      a value you gave is not valid; also a ValueError; the command exits with status 2
    ├── ResultsError    a study's folder cannot be read or written
    ├── TrackingError   the MLflow store refused what was sent to it
    ├── ContractBroken  `task=check` found an objective or optimizer that breaks the contract of `rmsprop_lab.base`
    ├── RunsFailed      objectives or optimizers raised errors; their runs are recorded as failed, the others finished
    ├── RunDiffers      `task=rerun` computed other numbers than the study's tables have
    └── ShardsLack      shards of a study ended without all their runs; the same command computes these
    KeyboardInterrupt
    └── StudyInterrupted  Ctrl-C or SIGTERM ended a study; finished runs are on disk
    UserWarning
    ├── ContractWarning  an objective or optimizer of yours is probably not what it should be; it is used as it is
    ├── DamageWarning    files of a study were cut, changed or lost; they are set aside and made again
    ├── EngineWarning    numba cannot compile what it was asked to; NumPy computes it
    ├── TrackingWarning  the fast way of logging does not work with this store, or the store was moved
    └── WaitingWarning   another process holds a lock that is needed

Divergence, overflow and NaN are no errors but results: see `rmsprop_lab.descent.Trace`.
"""

import math
from collections.abc import Iterable
from dataclasses import FrozenInstanceError
from difflib import get_close_matches
from typing import Any

_MOST_DIGITS = 30  # of an integer
_MOST_SHOWN = 120  # characters of a value, as somebody gave it
_NOT_KEPT = (
    "what an optimizer remembers goes through its state: init says how it begins, update takes it and returns it"
)


class LabError(Exception):
    """Base class of the errors of this package.

    `summary` is the `Summary` of what was done, if the error ended a study that had begun; else None.
    """

    summary: Any = None


class StudyInterrupted(KeyboardInterrupt):
    """Ctrl-C or SIGTERM ended a study. The same call continues it.

    Args:
        summary: The `Summary` of what was done.
    """

    def __init__(self, summary: Any) -> None:
        super().__init__("interrupted; finished runs are on disk, and the same call continues the study")
        self.summary = summary


class InputError(LabError, ValueError):
    """A value that the user gave is not valid.

    Args:
        key: The value's config key or argument, such as `optimizer.rmsprop.rho`.
        expected: What is valid, in words.
        found: The value itself, or a description as `Found`.
        change: What to do about it, a sentence; may be empty.

    >>> print(InputError("rho", "a number in [0, 1)", 1.5, "Try 0.99."))
    rho: expected a number in [0, 1), found 1.5. Try 0.99.
    """

    def __init__(self, key: str, expected: str, found: object, change: str = "") -> None:
        super().__init__(key, expected, found, change)
        self.key, self.expected, self.found, self.change = key, expected, found, change

    def __str__(self) -> str:
        found = self.found if isinstance(self.found, Found) else _shown(self.found)
        change = f" {self.change}" if self.change else ""
        return printable(f"{shortened(self.key)}: expected {self.expected}, found {found}.{change}")

    def under(self, prefix: str) -> "InputError":
        """The same error with its key below a prefix.

        >>> InputError("rho", "a number in [0, 1)", 1.5).under("optimizer.rmsprop").key
        'optimizer.rmsprop.rho'
        """
        return InputError(f"{prefix}.{self.key}", self.expected, self.found, self.change)


def _shown(value: object) -> str:
    """`value` as Python shows it, cut where it is very long: a number may have thousands of digits."""
    if shape := getattr(value, "shape", ()):  # of an array, whose numbers would not be read
        return f"an array of shape {tuple(shape)}"
    if isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS:
        return f"an integer of {math.floor(math.log10(abs(value))) + 1} digits"
    try:
        text = repr(_listed(value))
    except ValueError:  # Python writes no integer of more than 4,300 digits, neither one in a list
        return f"a {type(value).__name__} with an integer of thousands of digits"
    return shortened(text)


def shortened(text: str) -> str:
    """What a user gave, cut where it is very long: a message is to be read.

    >>> shortened("name=" + 300 * "x")[-5:]
    'xxxx…'
    """
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def printable(text: str) -> str:
    """The text with escapes for what would steer a terminal; line breaks stay.

    >>> print(printable("red: " + chr(27) + "[31m"))
    red: \\x1b[31m
    """
    return "".join(letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in text)


def _listed(value: object) -> object:
    """`value` with lists for tuples, as a config shows them."""
    return [_listed(item) for item in value] if isinstance(value, tuple | list) else value


class Found(str):
    """A description of what was found, for `InputError`; printed without quotes."""

    __slots__ = ()


class ResultsError(LabError):
    """A study's folder cannot be read or written."""


class TrackingError(LabError):
    """The MLflow store refused what was sent to it."""


class ContractBroken(LabError):
    """`task=check` found an objective or optimizer that breaks the contract of `rmsprop_lab.base`."""


class RunsFailed(LabError):
    """Objectives or optimizers raised errors. Their runs are recorded as failed; the others finished."""


class RunDiffers(LabError):
    """`task=rerun` computed other numbers than the study's tables have."""


class ShardsLack(LabError):
    """Shards of a study ended without all their runs, so it is not ranked. The same command computes them."""


class ContractWarning(UserWarning):
    """An objective or optimizer of the user's is probably not what it should be. It is used as it is."""


class DamageWarning(UserWarning):
    """Files of a study were cut, changed or lost. They are set aside, and what they held is made again."""


class EngineWarning(UserWarning):
    """numba cannot compile what it was asked to; NumPy computes it."""


class TrackingWarning(UserWarning):
    """The fast way of logging does not work with this store, or the store was moved and now names its files anew."""


class WaitingWarning(UserWarning):
    """Another process holds a lock that is needed; says who and since when."""


def raised(error: BaseException) -> str:
    """What code of a user raised, in one line: the class and the message. A KeyboardInterrupt is raised again.

    User code may raise anything, also what `sys.exit` raises: catch BaseException around it, and call this first.

    >>> raised(ValueError("two\\nlines"))
    'ValueError: two lines'
    """
    if isinstance(error, KeyboardInterrupt):
        raise error
    try:
        message = " ".join(str(error).split())
    except Exception:  # from the user's own class of errors
        message = ""
    if isinstance(error, FrozenInstanceError):
        message += f"; {_NOT_KEPT}"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def did_you_mean(name: object, names: Iterable[str]) -> str:
    """A sentence that names the nearest valid name, or lists all names if none is near.

    >>> did_you_mean("RMSprop", ["GD", "RMSProp"])
    "Did you mean 'RMSProp'?"
    """
    choices = sorted(map(str, names))
    return nearest(name, choices) or f"Choose from: {', '.join(choices)}."


def nearest(name: object, names: Iterable[str]) -> str:
    """A sentence that names the nearest valid name, if one is near; for a message that lists all names anyway."""
    choices = {choice.lower(): choice for choice in sorted(map(str, names), reverse=True)}
    near = get_close_matches(str(name)[:_MOST_SHOWN].lower(), sorted(choices), n=1, cutoff=0.6)
    return f"Did you mean {choices[near[0]]!r}?" if near else ""
