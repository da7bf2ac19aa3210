"""Mending a store whose folder was moved: all of it or nothing, once, and nothing that is not its own."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from support.moving import MOVED, assert_all_here, moved, places_in
from support.processes import ENVIRONMENT

from rmsprop_lab.cli import ui
from rmsprop_lab.errors import TrackingError
from rmsprop_lab.tracking.moved import PATHS
from rmsprop_lab.tracking.store import open_store
from rmsprop_lab.tracking.uri import default_uri

OPENING = """
import sys, warnings
from pathlib import Path
from support.writing import contents, open_study
from rmsprop_lab.tracking.uri import default_uri
folder = Path(sys.argv[1])
warnings.simplefilter("always")
print(open_study(default_uri(folder), folder, "s", sys.argv[2]).run_ids().keys() >= {contents(1)[0].run_key})
"""


@pytest.mark.slow
def test_commands_at_once_mend_it_once(old: Path, tmp_path: Path, writer: str) -> None:
    new = tmp_path / "new/outputs"
    moved(old, new)
    command = [sys.executable, "-c", OPENING, str(new), writer]
    children = [
        subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [child.communicate() for child in children]
    assert [child.returncode for child in children] == [0, 0], told
    assert [out for out, _ in told] == ["True\n"] * 2
    assert sorted(err.count("was moved or copied") for _, err in told) == [0, 1]
    assert_all_here(new, 3)


def test_a_store_that_is_held_meanwhile_is_left_as_it_was(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "new/outputs"
    moved(old, new)
    before = places_in(new)
    monkeypatch.setattr("rmsprop_lab.tracking.moved._BUSY", 0.1)
    monkeypatch.setattr("rmsprop_lab.tracking.held_store._is_held", lambda path: False)
    with closing(sqlite3.connect(new / "mlflow.db", isolation_level=None)) as database:
        database.execute("begin immediate")
        with pytest.raises(TrackingError, match="another program holds the store"):
            open_store(default_uri(new), 1.0)
    assert places_in(new) == before


def test_a_failure_amid_mending_leaves_all_as_it_was(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new/outputs"
    moved(old, new)
    with closing(sqlite3.connect(new / "mlflow.db")) as database:
        database.execute(
            "create trigger full before update of artifact_location on experiments "
            "begin select raise(abort, 'the disk is full'); end"
        )
        database.commit()
    before = places_in(new)
    with pytest.raises(TrackingError, match=r"opening .*: the disk is full"):
        open_store(default_uri(new), 1.0)
    assert places_in(new) == before


def test_all_columns_with_paths_are_known(empty_store: Path) -> None:
    """A new schema with another one fails here."""
    with closing(sqlite3.connect(empty_store)) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        columns = {(table, row[1]) for table in tables for row in database.execute(f"pragma table_info({table})")}
    paths = {
        (table, column)
        for table, column in columns
        if any(word in column for word in ("uri", "location", "path"))
        or (table, column) == ("model_versions", "source")
    }
    assert paths == ({*PATHS, ("experiments", "artifact_location")} - {("trace_tags", "value")}) | NO_PLACES
    assert set(PATHS) <= columns


NO_PLACES = {("workspaces", "trace_archival_location")}  # a person's own choice


@pytest.mark.parametrize("uri", ["file:///old/artifacts/../../../precious", "file:///old/artifacts//etc"])
def test_a_path_that_leads_out_of_the_folder_stays(old: Path, tmp_path: Path, uri: str) -> None:
    new = tmp_path / "new/outputs"
    there = uri.replace("file:///old", old.resolve().as_uri())
    with closing(sqlite3.connect(old / "mlflow.db")) as database:
        database.execute("update runs set artifact_uri = ? where rowid = 1", (there,))
        database.commit()
    moved(old, new)
    with MOVED:
        open_store(default_uri(new), 1.0)
    assert there in places_in(new)


def test_the_server_s_command_mends_it_too(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = tmp_path / "new/outputs"
    moved(old, new)
    with MOVED:
        ui._studies(default_uri(new))
    assert capsys.readouterr().err == ""
    assert_all_here(new, 3)


def test_the_server_s_command_says_what_is_lost(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = tmp_path / "new/outputs"
    moved(old, new)
    shutil.rmtree(new / "artifacts")
    ui._studies(default_uri(new))
    told = f"The files of some runs lay in {old}/artifacts, which is not there: put them into {new}/artifacts"
    assert told in capsys.readouterr().err
    assert not old.exists()
    assert not (new / "artifacts").exists()
