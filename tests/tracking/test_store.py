"""A store is checked once, and what cannot be used is refused."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from rmsprop_lab.errors import InputError
from rmsprop_lab.tracking import uri
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.uri import check_uri, default_uri


@pytest.mark.slow
def test_a_database_of_another_schema_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rmsprop_lab", "n_iter=5", f"output_dir={tmp_path}"]
    subprocess.run(command, check=True, capture_output=True)
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        database.execute("update alembic_version set version_num = 'ffffffffffff'")
    database.close()
    with pytest.raises(InputError, match=r"tracking\.uri: expected a store that mlflow .*found version f{12}") as error:
        MlflowTracker(None, tmp_path)
    assert "mlflow db upgrade" in error.value.change


def test_only_a_store_of_another_schema_is_said_to_need_an_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MlflowTracker(None, tmp_path)

    def refuse(*arguments: object, **named: object) -> None:
        raise MlflowException("the schema of your request is wrong. Try another.")

    monkeypatch.setattr(MlflowClient, "search_experiments", refuse)
    with pytest.raises(InputError, match=r"the schema of your request is wrong\. Try another\.") as error:
        MlflowTracker(None, tmp_path)
    assert error.value.change == ""


def test_a_checked_store_is_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probes, probe = [], uri._check_sqlite

    def counted(text: str) -> None:
        probes.append(text)
        probe(text)

    monkeypatch.setattr(uri, "_check_sqlite", counted)
    given = default_uri(tmp_path)
    MlflowTracker(given, tmp_path)
    assert probes == [given]
    checked = check_uri(given)
    assert (checked, check_uri(checked)) == (given, given)
    MlflowTracker(checked, tmp_path)
    assert probes == [given, given]


def test_checking_a_store_creates_nothing(tmp_path: Path) -> None:
    check_uri(f"sqlite:///{tmp_path}/new.db")
    assert not list(tmp_path.iterdir())
