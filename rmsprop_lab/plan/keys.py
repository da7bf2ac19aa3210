"""What makes two runs the same: plain data that tells any two different ones apart, and its hash."""

import hashlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rmsprop_lab.base import Objective, Optimizer, given_fields

# Part of every run_key: raise it when a change to the arithmetic changes results, so that old results are
# not taken for new ones.
NUMERICS_VERSION = 1


def identity_of(part: Objective | Optimizer) -> dict[str, Any]:
    """The class, its fields to the last bit, and the source of a class that is not ours."""
    identity: dict[str, Any] = {
        "class": qualified_name(type(part)),
        "fields": {name: _exactly(value) for name, value in given_fields(part).items()},
    }
    source = source_digest(type(part))
    return identity if source is None else {**identity, "source": source}


def _exactly(value: Any) -> Any:
    """Plain data that tells any two different values apart, floats to the last bit."""
    if isinstance(value, Objective):
        return identity_of(value)
    if isinstance(value, np.ndarray):
        return [_exactly(item) for item in value.tolist()]
    if isinstance(value, list | tuple):
        return [_exactly(item) for item in value]
    return float(value).hex() if isinstance(value, float) else value


def sha256(identity: Mapping[str, Any]) -> str:
    """The hash of the canonical JSON."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def qualified_name(cls: type) -> str:
    """`package.module.Class`, or `file.py:Class` wherever the file is."""
    if cls.__module__.endswith(".py"):
        return f"{Path(cls.__module__).name}:{cls.__qualname__}"
    return f"{cls.__module__}.{cls.__qualname__}"


def source_digest(cls: type) -> str | None:
    """SHA-256 of the file that a class outside rmsprop_lab is defined in; None for classes of ours."""
    if cls.__module__.partition(".")[0] == "rmsprop_lab":
        return None
    source = inspect.getsourcefile(cls)
    return hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else None
