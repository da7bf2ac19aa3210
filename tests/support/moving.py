"""A store whose folder is moved, and what is read of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from mlflow import MlflowClient

from rmsprop_lab.errors import TrackingWarning
from rmsprop_lab.tracking.uri import default_uri
from support.writing import as_read

MOVED = pytest.warns(TrackingWarning, match=r"was moved or copied; the files of \d+ runs? in its store")


def read(folder: Path, name: str = "s") -> dict:
    client = MlflowClient(default_uri(folder))
    return as_read(client, client.get_experiment_by_name(name).experiment_id)


def places_in(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "mlflow.db")) as database:
        found = database.execute(
            "select artifact_uri from runs union select artifact_location from experiments where name != 'Default'"
        ).fetchall()
    return [place for (place,) in found]


def assert_all_here(folder: Path, count: int) -> None:
    assert all(place.startswith((folder / "artifacts").resolve().as_uri()) for place in places_in(folder))
    assert len(read(folder)) == count
    assert all(run["files"] for run in read(folder).values())


def moved(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    old.rename(new)
