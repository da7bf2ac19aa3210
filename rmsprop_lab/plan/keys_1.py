"""Keys of version 1, which folders of that version have: there a class was identified by its file, byte by byte."""

import hashlib
import inspect
from pathlib import Path
from typing import Any

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.plan.keys import described, sha256
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.source import is_ours

_NUMERICS = 1  # the only one of version 1


def run_key_of_version_1(run: Run) -> str:
    """The key that version 1 gave to a run; for classes of rmsprop_lab it is `run_key`, as long as numerics are 1."""
    identity = {
        **run.problem.setting,
        "objective": identity_of_version_1(run.problem.objective),
        "optimizer": identity_of_version_1(run.optimizer),
        "numerics": _NUMERICS,
    }
    return sha256(identity | run.engine_identity)


def identity_of_version_1(part: Objective | Optimizer) -> dict[str, Any]:
    """Class, fields, and SHA-256 of the file of a class outside rmsprop_lab."""
    return described(part, _file_digest)


def _file_digest(cls: type) -> str | None:
    try:
        source = None if is_ours(cls) else inspect.getsourcefile(cls)
    except (TypeError, OSError):  # of a class that was typed in: version 1 could not make a run of it
        source = None
    return hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else None
