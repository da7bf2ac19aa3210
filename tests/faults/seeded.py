"""Faults of the protocol, put into a process from outside: each of them the audit must find."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from faults.points import replaced

_PARTS = "rmsprop_lab.storage.parts"


def _runs_first() -> None:
    """The part of `runs` gets its name first; nobody looks for missing files, as if names were proof enough."""
    _no_mending()
    replaced(f"{_PARTS}:write_together", lambda original: lambda files: original(list(reversed(files))))


def _in_place() -> None:
    """Parts are written under their own names, and what is cut is not looked for."""
    _no_mending()

    def write(files: Sequence[tuple[Path, bytes]]) -> None:
        for path, content in reversed(files):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    replaced(f"{_PARTS}:write_together", lambda original: write)


def _told_too_early() -> None:
    """MLflow is told while the parts do not yet have their names."""

    def make(original: Any) -> Any:
        def write(writer: Any, contents: Any) -> Iterator[Any]:
            parts = list(Path.cwd().glob("outputs/*/runs.parquet/part-*"))
            for part in parts:
                part.rename(part.with_name(f".{part.name}"))
            yield from original(writer, contents)
            for part in parts:
                part.with_name(f".{part.name}").rename(part)

        return write

    replaced("rmsprop_lab.tracking.writers.bulk:BulkWriter.write", make)


def _known_keys_ignored() -> None:
    """What is published already is computed and published again."""
    replaced("rmsprop_lab.storage.folder:StudyFolder.run_keys", lambda original: lambda *given: set())
    replaced("rmsprop_lab.storage.folder:unknown", lambda original: lambda table, rows, known: rows)


def _finished_too_early() -> None:
    """A run is FINISHED before its files are there."""

    def make(original: Any) -> Any:
        def log(client: Any, run_id: str, *given: Any, **named: Any) -> None:
            client.set_terminated(run_id, "FINISHED")
            original(client, run_id, *given, **named)

        return log

    replaced("mlflow:MlflowClient.log_artifacts", make)


def _no_lock() -> None:
    """Nobody holds the study's lock, and publishing takes a second."""
    replaced("rmsprop_lab.storage.folder:StudyFolder.lock", lambda original: lambda folder: contextlib.nullcontext())
    _slow_publishing()


def _slow_publishing() -> None:
    """Time passes between looking for known keys and writing; not a fault in itself."""

    def make(original: Any) -> Any:
        def write(parts: Any, tables: Any) -> None:
            time.sleep(1.0)
            original(parts, tables)

        return write

    replaced(f"{_PARTS}:Parts.write", make)


def _no_sweeping() -> None:
    """Temporary files of dead processes stay."""
    replaced("rmsprop_lab.storage.folder:remove_left_behind", lambda original: lambda folder: None)
    replaced(f"{_PARTS}:Parts.remove_unpublished", lambda original: lambda parts: None)


def _no_syncing() -> None:
    """Nobody waits for the disk before a file gets its name."""
    replaced("rmsprop_lab.storage.atomic:_sync", lambda original: lambda paths: None)


def _no_mending() -> None:
    replaced("rmsprop_lab.storage.folder:StudyFolder.mend", lambda original: lambda folder: None)


SEEDED: dict[str, Callable[[], None]] = {
    "the part of runs first": _runs_first,
    "written in place": _in_place,
    "MLflow told before the disk": _told_too_early,
    "known keys ignored": _known_keys_ignored,
    "finished before its files": _finished_too_early,
    "no lock": _no_lock,
    "temporary files stay": _no_sweeping,
    "nothing synced": _no_syncing,
    "slow publishing": _slow_publishing,
}
