"""Named points of publishing and logging, found in the product from outside: it knows nothing of them."""

import errno
import importlib
import os
import re
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

_BULK, _CLIENT = "rmsprop_lab.tracking.writers.bulk", "mlflow:MlflowClient"
_WRITE, _SYNC, _NAME = "pathlib:Path.write_bytes", "os:fsync", "pathlib:Path.replace"
_TABLES = r"(runs|starts|traces|trials)\.parquet"
_PART, _OTHER_PART, _RUNS_PART = rf"{_TABLES}/\.part-", r"(starts|traces|trials)\.parquet/part-", r"runs\.parquet/part-"


@dataclass(frozen=True)
class Point:
    """A point is passed `before`, `amid` or `after` a call of `place`, if `only` is found in its texts and paths."""

    when: str
    place: str
    only: str = ""


POINTS = {
    "before a part's temporary file is written": Point("before", _WRITE, _PART),
    "amid a part's file": Point("amid", _WRITE, rf"{_TABLES}/\.?part-"),
    "amid the times of a part": Point("amid", _WRITE, r"times\.parquet/\.part-"),
    "after a part's temporary file is written": Point("after", _WRITE, _PART),
    "before an fsync": Point("before", _SYNC),
    "after an fsync": Point("after", _SYNC),
    "before a part gets its name": Point("before", _NAME, _OTHER_PART),
    "between the names of the four tables' parts": Point("after", _NAME, _OTHER_PART),
    "before the part of runs gets its name": Point("before", _NAME, _RUNS_PART),
    "after the part of runs has its name": Point("after", _NAME, _RUNS_PART),
    "before format.json gets its name": Point("before", _NAME, r"format\.json"),
    "before the study's lock is released": Point("before", "filelock:BaseFileLock.release", r"/\.lock$"),
    "before the lock of MLflow is released": Point("before", "filelock:BaseFileLock.release", r"/\.tracking\.lock$"),
    "after publishing, before MLflow is told": Point("before", "rmsprop_lab.tasks.recorder:Recorder.begin"),
    "after MLflow is told": Point("after", "rmsprop_lab.tracking.study_tracker:StudyTracker.log_all"),
    "after an experiment is created": Point("after", f"{_CLIENT}.create_experiment"),
    "bulk: before a batch is announced": Point("before", f"{_BULK}:UnfinishedFiles.announce"),
    "bulk: after a batch is announced": Point("after", f"{_BULK}:UnfinishedFiles.announce"),
    "bulk: amid a run's files": Point("amid", f"{_BULK}:write_files"),
    "bulk: between files and files": Point("after", f"{_BULK}:write_files"),
    "bulk: between files and rows": Point("before", f"{_BULK}:BulkWriter._insert_runs"),
    "bulk: inside the transaction": Point("after", f"{_BULK}:_insert"),
    "bulk: before the commit": Point("after", f"{_BULK}:BulkWriter._insert_runs"),
    "bulk: after the transaction": Point("before", f"{_BULK}:UnfinishedFiles.sweep"),
    "client: before create_run": Point("before", f"{_CLIENT}.create_run"),
    "client: after create_run": Point("after", f"{_CLIENT}.create_run"),
    "client: amid the metrics": Point("amid", f"{_CLIENT}.log_batch"),
    "client: after the metrics": Point("after", f"{_CLIENT}.log_batch"),
    "client: before artifacts": Point("before", f"{_CLIENT}.log_artifacts"),
    "client: after artifacts": Point("after", f"{_CLIENT}.log_artifacts"),
    "client: before set_terminated": Point("before", f"{_CLIENT}.set_terminated"),
    "client: after set_terminated": Point("after", f"{_CLIENT}.set_terminated"),
    "while runs are marked": Point("after", f"{_CLIENT}.set_tag"),
    "while the page is described": Point("after", f"{_CLIENT}.set_experiment_tag"),
    "while tables are written": Point("before", _NAME, r"/tables/"),
    "amid a figure": Point("amid", _WRITE, r"/figures/"),
    "while figures are written": Point("after", _NAME, r"/figures/"),
    "before the command is recorded": Point("before", "rmsprop_lab.cli.computing:record_command"),
    "after the command is recorded": Point("after", "rmsprop_lab.cli.computing:record_command"),
    "before a shard's part is removed": Point("before", "rmsprop_lab.storage.parts:Parts.remove"),
    "after a shard's part is removed": Point("after", "rmsprop_lab.storage.parts:Parts.remove"),
    "while a new store gets its name": Point("before", _NAME, r"mlflow\.db"),
}


Passed = Callable[[str, Callable[[], object]], None]
"""Called with the name of a point that is passed, and with what does the first half of the call it is amid of."""


def install(points: dict[str, Point], passed: Passed) -> None:
    """Patches this process so that `passed` is called at each point."""
    for name, point in points.items():
        _install(point, partial(passed, name))


def struck(nth: int, act: str, strike: Callable[[], object] = lambda: None) -> Passed:
    """What happens at the `nth` passing: `full` is a full disk from then on; else `strike`, and a kill."""
    seen = Counter[str]()

    def passed(name: str, half: Callable[[], object]) -> None:
        seen[name] += 1
        if act != "full" and seen[name] == nth:
            half()
            strike()
            os.kill(os.getpid(), signal.SIGKILL)
        if act == "full" and seen[name] >= nth:
            half()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return passed


def replaced(place: str, make: Callable[[Any], Any]) -> None:
    """Replaces `module:attribute.path` by what `make` makes of it; an AttributeError if the product has it no more."""
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for attribute in owners:
        owner = getattr(owner, attribute)
    setattr(owner, name, make(getattr(owner, name)))


def _install(point: Point, passed: Callable[[Callable[[], object]], None]) -> None:
    def make(original: Any) -> Any:
        def patched(*given: Any, **named: Any) -> Any:
            if not re.search(point.only, _texts(given)):
                return original(*given, **named)
            if point.when == "amid":
                passed(lambda: original(*given[:-1], _first_half(given[-1]), **named))
            if point.when == "before":
                passed(_nothing)
            result = original(*given, **named)
            if point.when == "after":
                passed(_nothing)
            return result

        return patched

    replaced(point.place, make)


def _nothing() -> None:
    """Half of a call that has not begun, or has ended."""


def _first_half(whole: Any) -> Any:
    """The first half of bytes, of metrics, or of files by path."""
    return dict(list(whole.items())[: len(whole) // 2]) if isinstance(whole, dict) else whole[: len(whole) // 2]


def _texts(given: tuple[Any, ...]) -> str:
    texts = [str(one) for one in given if isinstance(one, str | Path)]
    return "\n".join([*texts, *(str(one.lock_file) for one in given if hasattr(one, "lock_file"))])
