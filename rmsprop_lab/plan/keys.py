"""Identifies runs and cells: plain data that differs whenever their results can differ, and its hash.

A class of rmsprop_lab is identified by its name: `NUMERICS_VERSION` is raised when its results change. Any other class
is identified by its source, without comments and docstrings, and by its answers to fixed questions: these change also
with the data that it reads and with the modules that it imports.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rmsprop_lab.base import Array, Objective, Optimizer, given_fields
from rmsprop_lab.plan.answers import fingerprint, objective_answers, optimizer_answers
from rmsprop_lab.plan.probes import other_fields
from rmsprop_lab.plan.source import is_all_ours, is_ours, source_digest

# Part of every run_key. Raise it when a change of the arithmetic changes results: old results are then not reused.
NUMERICS_VERSION = 1

_rules: dict[tuple[type, str], dict[str, Any]] = {}
"""Source and answers of optimizers, which all runs of a cell share, by class and the fields that are not asked with."""


def objective_identity(objective: Objective, points: Array) -> dict[str, Any]:
    """Plain data that identifies an objective: its class, its fields to the last bit, and, if it is or contains one
    from outside rmsprop_lab, that one's source and what the whole answers at the points `(d, S)`."""
    identity = described(objective, source_digest)
    if is_all_ours(objective):
        return identity
    return {**identity, "answers": fingerprint(objective_answers(objective, points))}


def optimizer_identity(optimizer: Optimizer) -> dict[str, Any]:
    """Plain data that identifies an optimizer: its class, its fields to the last bit, and, if it is from outside
    rmsprop_lab, its source and what its class answers."""
    cls = type(optimizer)
    if is_ours(cls):
        return described(optimizer, source_digest)
    key = cls, json.dumps({name: _exactly(value) for name, value in other_fields(optimizer).items()})
    if key not in _rules:
        _rules[key] = {"source": source_digest(cls), "answers": fingerprint(optimizer_answers(optimizer))}
    return described(optimizer, lambda other: None if other is cls else source_digest(other)) | _rules[key]


def ask_again() -> None:
    """Has the optimizers asked again: files may have changed since an earlier study of this process."""
    _rules.clear()


def described(part: Objective | Optimizer, source: Callable[[type], str | None]) -> dict[str, Any]:
    """Class, fields, and source of a part.

    Args:
        part: The objective or optimizer.
        source: Gives what identifies the source of a class, here and in fields; None to leave it out.
    """
    identity: dict[str, Any] = {
        "class": qualified_name(type(part)),
        "fields": {name: _exactly(value, source) for name, value in given_fields(part).items()},
    }
    found = source(type(part))
    return identity if found is None else {**identity, "source": found}


def _exactly(value: Any, source: Callable[[type], str | None] = source_digest) -> Any:
    """Plain data that differs for any two different values; floats differ to the last bit."""
    if isinstance(value, Objective):
        return described(value, source)
    if isinstance(value, np.ndarray):
        return [_exactly(item) for item in value.tolist()]
    if isinstance(value, list | tuple):
        return [_exactly(item, source) for item in value]
    return float(value).hex() if isinstance(value, float) else value


def sha256(identity: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no spaces), in hexadecimal."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def qualified_name(cls: type) -> str:
    """`package.module.Class`, or `file.py:Class` without the file's folder, for a class from a file.

    >>> from rmsprop_lab.objectives import Bowl
    >>> qualified_name(Bowl)
    'rmsprop_lab.objectives.bowl.Bowl'
    """
    if cls.__module__.endswith(".py"):
        return f"{Path(cls.__module__).name}:{cls.__qualname__}"
    return f"{cls.__module__}.{cls.__qualname__}"
