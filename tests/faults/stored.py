"""What a store of MLflow has of one experiment, read with sqlite3 alone."""

import hashlib
import re
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_VOLATILE = ("mlflow.source.folder", "mlflow.user", "mlflow.source.git.commit", "mlflow.source.name")
_FOLDER = "mlflow.source.folder."  # tags of the experiment: which folders log to it


@dataclass
class Logged:
    """A run: `points` are its metrics' values by name and step, `latest` the last ones, `files` digests by path."""

    run_id: str
    key: str
    status: str
    active: bool
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    points: dict[tuple[str, int], float] = field(default_factory=dict)
    latest: dict[str, float] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        return self.active and self.status == "FINISHED"


@dataclass
class Stored:
    """An experiment: its runs, the page's tags, and the ids of artifact folders that belong to no run."""

    runs: list[Logged] = field(default_factory=list)
    page: dict[str, str] = field(default_factory=dict)
    orphans: list[str] = field(default_factory=list)
    unfinished_notes: list[str] = field(default_factory=list)


def stored(database: Path, artifacts: Path, name: str, alone: bool = True) -> Stored:
    """Reads an experiment.

    Args:
        database: The SQLite file of the store.
        artifacts: The folder with a folder for each run.
        name: The experiment.
        alone: Whether no other experiment has its artifacts there.
    """
    if not database.exists():
        return Stored()
    # Not mode=ro: what a killed process left half-written must be rolled back, as whoever opens the store next does.
    connection = sqlite3.connect(f"file:{database}?mode=rw", uri=True, timeout=60)
    try:
        found = connection.execute("select experiment_id from experiments where name = ?", [name]).fetchone()
        if found is None:
            return Stored()
        runs = _runs(connection, found[0])
        tags = connection.execute("select key, value from experiment_tags where experiment_id = ?", found)
        page = {key: _plain(value, name) for key, value in tags if not key.startswith(_FOLDER)}
        known = {run_id for (run_id,) in connection.execute("select run_uuid from runs")}
    finally:
        connection.close()
    for run in runs:
        run.tags = {key: _plain(value, name) for key, value in run.tags.items() if key not in _VOLATILE}
        run.files = _files(_folder_of(artifacts, found[0], run.run_id))
    folders = [path.name for path in artifacts.iterdir()] if artifacts.is_dir() and alone else []
    hidden = [folder for folder in folders if folder.startswith(".")]
    return Stored(runs, page, sorted({*folders} - {*hidden} - known), hidden)


def _runs(connection: sqlite3.Connection, experiment: int) -> list[Logged]:
    def rows(table: str, columns: str) -> list[tuple[Any, ...]]:
        inner = "select run_uuid from runs where experiment_id = ?"
        return connection.execute(
            f"select run_uuid, {columns} from {table} where run_uuid in ({inner})", [experiment]
        ).fetchall()

    found = {
        run_id: Logged(run_id, "", status, stage == "active")
        for run_id, status, stage in rows("runs", "status, lifecycle_stage")
    }
    for run_id, key, value in rows("params", "key, value"):
        found[run_id].params[key] = value
    for run_id, key, value in rows("tags", "key, value"):
        found[run_id].tags[key] = value
    for run_id, key, step, value in rows("metrics", "key, step, value"):
        found[run_id].points[key, step] = value
    for run_id, key, value in rows("latest_metrics", "key, value"):
        found[run_id].latest[key] = value
    for run in found.values():
        run.key = run.tags.get("run_key", "")
    return list(found.values())


def _plain(text: str, name: str) -> str:
    """A text without ids, times, folders and the study's name, which differ from one writing to the next."""
    text = re.sub(r"^Plan of .* on .*?: ", "Plan of PLACE: ", text, flags=re.M)
    text = re.sub(r'"place": "[^"]*"', '"place": "PLACE"', text)
    text = re.sub(r"experiments/\d+", "experiments/E", re.sub(r"\b[0-9a-f]{32}\b", "RUN", text))
    return text.replace(name, "NAME")


def _files(folder: Path) -> dict[str, str]:
    """All files but those that MLflow's server leaves where it is killed while it receives one."""
    digests = defaultdict[str, str](str)
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith(".artifact.uploading."):
            plain = re.sub(r"timestamp\+\d+\+[0-9a-f-]{36}", "timestamp", path.relative_to(folder).as_posix())
            digests[plain] = hashlib.sha256(path.read_bytes()).hexdigest()
    return dict(digests)


def _folder_of(artifacts: Path, experiment: int, run_id: str) -> Path:
    """A run's artifacts: a server has a folder for each experiment."""
    served = artifacts / str(experiment)
    return (served if served.is_dir() else artifacts) / run_id / "artifacts"
