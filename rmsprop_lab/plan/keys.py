"""Identifies runs and cells: plain data that differs whenever their results can differ, and its hash."""

import hashlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rmsprop_lab.base import Objective, Optimizer, given_fields

# Part of every run_key. Raise it when a change of the arithmetic changes results: old results are then not reused.
NUMERICS_VERSION = 1


def identity_of(part: Objective | Optimizer) -> dict[str, Any]:
    """Plain data that identifies an objective or optimizer: its class, its fields to the last bit, and the digest of
    its source if the class is not part of rmsprop_lab."""
    identity: dict[str, Any] = {
        "class": qualified_name(type(part)),
        "fields": {name: _exactly(value) for name, value in given_fields(part).items()},
    }
    source = source_digest(type(part))
    return identity if source is None else {**identity, "source": source}


def _exactly(value: Any) -> Any:
    """Plain data that differs for any two different values; floats differ to the last bit."""
    if isinstance(value, Objective):
        return identity_of(value)
    if isinstance(value, np.ndarray):
        return [_exactly(item) for item in value.tolist()]
    if isinstance(value, list | tuple):
        return [_exactly(item) for item in value]
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


def source_digest(cls: type) -> str | None:
    """SHA-256 of the source file of a class outside rmsprop_lab; None for a class of rmsprop_lab."""
    if cls.__module__.partition(".")[0] == "rmsprop_lab":
        return None
    source = inspect.getsourcefile(cls)
    return hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else None


def run_key_of_version_1(run: Any) -> str:
    return run.run_key
