"""A store that fails: before anything is computed it is refused, on the way the study is finished on disk."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from mlflow import MlflowClient

from rmsprop_lab import load
from rmsprop_lab.errors import InputError, TrackingError
from rmsprop_lab.tasks import cells
from rmsprop_lab.tracking import store
from rmsprop_lab.tracking.page import OWN_RUNS
from rmsprop_lab.tracking.uri import check_uri, default_uri

STUDY = (
    "name=s",
    "objective=[bowl,himmelblau]",
    "optimizer=[gd,rmsprop]",
    "search=grid",
    "search.points=2",
    "n_iter=8",
)
COUNT = 2 * (2 + 4 + 2 * 3)  # on each objective: searched, as configured, and both on fresh starts


def assert_whole_on_disk(outputs: Path) -> None:
    assert len(load("s", outputs)) == COUNT
    assert {"comparison.png", "himmelblau_rmsprop.png"} <= {path.name for path in (outputs / "s/figures").iterdir()}


def run_keys(uri: str) -> list[str]:
    client = MlflowClient(uri)
    found = client.search_runs([client.get_experiment_by_name("s").experiment_id], OWN_RUNS)
    assert {run.info.status for run in found} <= {"FINISHED"}
    return sorted(run.data.tags["run_key"] for run in found)


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(uri: str) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, "_create_whole", full)
    told = r"opening sqlite:.*: database or disk is full\. Make room on the disk, then give the same command again$"
    with pytest.raises(TrackingError, match=told):
        store.open_store(default_uri(tmp_path), 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("writer", ["bulk", "client"])
def test_the_study_is_finished_on_disk(lab, outputs: Path, writer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_LOGGED_TOGETHER", 1)  # each search by itself
    with closing(sqlite3.connect(outputs / "mlflow.db")) as database:
        for table in ("params", "tags"):  # by either writer the runs on the second objective are refused
            database.execute(
                f"create trigger full_{table} before insert on {table} when new.value = 'himmelblau' "
                "begin select raise(abort, 'the disk is full'); end"
            )
    ended = lab(*STUDY, f"tracking.writer={writer}")
    assert ended.status == 1
    assert "Traceback" not in ended.err
    assert "the disk is full" in ended.err
    assert (
        f"All {COUNT} runs are on disk, but {COUNT // 2} of them may be missing from MLflow; the same command"
        in ended.err
    )
    assert f"{COUNT} of {COUNT} runs computed" in ended.out
    assert_whole_on_disk(outputs)
    assert len(run_keys(default_uri(outputs))) == COUNT // 2
    with closing(sqlite3.connect(outputs / "mlflow.db")) as database:
        for table in ("params", "tags"):
            database.execute(f"drop trigger full_{table}")
    again = lab(*STUDY, f"tracking.writer={writer}")
    assert again.status == 0, again.err
    assert f"{COUNT // 2} runs added to the experiment 's'" in again.out
    assert len(set(run_keys(default_uri(outputs)))) == COUNT


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anything: another user for a moment."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_read_only_database_is_refused() -> None:
    folder = Path(tempfile.mkdtemp(prefix="rmsprop-lab-", dir="/tmp"))  # tmp_path is hidden from other users
    try:
        with closing(sqlite3.connect(folder / "mlflow.db")) as database:
            database.execute("create table t (x int)")
        check_uri(default_uri(folder))
        (folder / "mlflow.db").chmod(0o444)
        folder.chmod(0o555)
        with (
            as_nobody(),
            pytest.raises(InputError, match=r"expected an SQLite database that can be written, found .*readonly"),
        ):
            check_uri(default_uri(folder))
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_database_that_another_process_writes_to_is_not_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)) as database:
        database.execute("create table t (x int)")
        database.execute("begin immediate")
        check_uri(default_uri(tmp_path))


@contextmanager
def mlflow_server(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A real server, its store and artifacts in `folder`."""
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{folder}/server.db", "--artifacts-destination", f"{folder}/served"),
    ]
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        while True:
            assert server.poll() is None, (folder / "server.log").read_text()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                    break
            except OSError:
                time.sleep(0.2)
        yield server
    finally:
        kill(server)


def kill(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        os.killpg(server.pid, 9)  # the group that was started here
        server.wait()


@pytest.mark.slow
def test_a_server_that_dies_and_comes_back(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    uri = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "rmsprop_lab", *STUDY, f"tracking.uri={uri}"]
    with mlflow_server(tmp_path, port) as server:
        running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        client = MlflowClient(f"sqlite:///{tmp_path}/server.db")
        while True:
            assert running.poll() is None, running.communicate()
            experiment = client.get_experiment_by_name("s")
            if experiment and len(client.search_runs([experiment.experiment_id], OWN_RUNS)) >= 3:
                break
            time.sleep(0.02)
        kill(server)
        out, err = running.communicate()
    assert running.returncode == 1, err
    assert "Traceback" not in err
    assert "may be missing from MLflow; the same command logs them" in err
    assert f"{COUNT} of {COUNT} runs computed" in out
    assert_whole_on_disk(tmp_path / "outputs")

    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "tracking.uri: expected an MLflow server that answers" in refused.stderr

    with mlflow_server(tmp_path, port):
        again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert again.returncode == 0, again.stderr
        assert "nothing to compute" in again.stdout
        keys = run_keys(uri)
        assert keys == sorted(load("s", tmp_path / "outputs")["run_key"])
        over_http = MlflowClient(uri)
        run = over_http.search_runs([over_http.get_experiment_by_name("s").experiment_id], "tags.best = 'true'")[0]
        picture = over_http.download_artifacts(run.info.run_id, "contour.png", str(tmp_path))
        assert Path(picture).read_bytes().startswith(b"\x89PNG")
