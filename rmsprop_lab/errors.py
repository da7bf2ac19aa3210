"""The errors of this package.

    LabError
    ├── InputError      a value the user gave; also a ValueError; the command exits with status 2
    ├── ResultsError    a results folder that cannot be read or written
    ├── TrackingError   the MLflow store did not take what was sent to it
    ├── ContractBroken  an objective or optimizer does not keep to what base.py asks of it
    └── RunsFailed      objectives or optimizers raised errors; their runs are recorded as failed
    KeyboardInterrupt
    └── StudyInterrupted  Ctrl-C or SIGTERM while a study ran; what was finished is on disk

Divergence, overflow and NaN are results, not errors: see `rmsprop_lab.descent.Trace`. Two warnings: EngineWarning, the
numba engine was asked for, and NumPy computed the same; TrackingWarning, runs are logged in a slower way.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class LabError(Exception):
    """Base of every error this package raises on purpose.

    `summary`: of an error that ended a study on its way, the `Summary` of what was done until then; else None.
    """

    summary: Any = None


class StudyInterrupted(KeyboardInterrupt):
    """A study was interrupted; `summary` says what was done until then, and the same call goes on from there."""

    def __init__(self, summary: Any) -> None:
        super().__init__("interrupted; what was finished is on disk, and the same call goes on from there")
        self.summary = summary


class InputError(LabError, ValueError):
    """A value from the user: which `key`, what was `expected`, what was `found`, what to `change`."""

    def __init__(self, key: str, expected: str, found: object, change: str = "") -> None:
        super().__init__(key, expected, found, change)
        self.key, self.expected, self.found, self.change = key, expected, found, change

    def __str__(self) -> str:
        found = self.found if isinstance(self.found, Found) else repr(_listed(self.found))
        change = f" {self.change}" if self.change else ""
        return f"{self.key}: expected {self.expected}, found {found}.{change}"

    def under(self, prefix: str) -> "InputError":
        """The same error with its key below `prefix`, as in `optimizer.rmsprop` + `rho`."""
        return InputError(f"{prefix}.{self.key}", self.expected, self.found, self.change)


def _listed(value: object) -> object:
    """Tuples as lists, the way a config writes them."""
    return [_listed(item) for item in value] if isinstance(value, tuple | list) else value


class Found(str):
    """What was found, in words; printed without quotes."""

    __slots__ = ()


class ResultsError(LabError):
    """A study's folder cannot be read or written."""


class TrackingError(LabError):
    """The MLflow store did not take what was sent to it."""


class ContractBroken(LabError):
    """An objective or optimizer does not keep to what `rmsprop_lab.base` asks of it."""


class RunsFailed(LabError):
    """Objectives or optimizers raised errors; the study went on, and their runs are recorded as failed."""


class EngineWarning(UserWarning):
    """The engine that was asked for cannot compute something; another one did."""


class TrackingWarning(UserWarning):
    """The fast way of logging cannot be used with a store; another one is."""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A sentence that names the nearest valid name, or lists all of them if none is near."""
    choices = sorted(names)
    near = get_close_matches(name, choices, n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else f"Choose from: {', '.join(choices)}."
