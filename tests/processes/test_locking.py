"""Who waits for a lock is told who holds it and since when, and gives up after the time that was set."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import pytest
from support.processes import ENVIRONMENT
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.errors import ResultsError, TrackingError, WaitingWarning
from rmsprop_lab.processes import locking
from rmsprop_lab.processes.locking import locked
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.tracker import MlflowTracker

HOLDING = """
import sys, time
from pathlib import Path
from rmsprop_lab.errors import LabError
from rmsprop_lab.processes.locking import locked
sys.argv = ["/bin/rmsprop-lab", "name=x", "tracking.uri=postgresql://me:secret@host/db", "a=b://c"]
with locked(Path({path!r}), "x", 1.0, LabError):
    print("held", flush=True)
    time.sleep({seconds})
"""


@contextmanager
def held(path: Path, seconds: float = 60.0) -> Iterator[subprocess.Popen[str]]:
    """Another process of ours holds a lock."""
    code = HOLDING.format(path=str(path), seconds=seconds)
    with subprocess.Popen([sys.executable, "-c", code], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "held\n"
        try:
            yield child
        finally:
            child.kill()


def test_waiting_says_for_whom_and_ends_with_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_QUIET", 0.1)
    with held(tmp_path / "lock", 1.0) as child:
        with pytest.warns(WaitingWarning) as told, locked(tmp_path / "lock", "outputs/x", 30, ResultsError):
            assert json.loads((tmp_path / "lock.holder").read_text())["pid"] != child.pid
        (message,) = (str(warning.message) for warning in told)
    expected = (
        rf"waiting for the lock of outputs/x, held by process {child.pid} on host \S+ since \d\d:\d\d:\d\d \(.*\)"
    )
    assert re.fullmatch(expected, message)
    assert message.endswith("(rmsprop-lab name=x)")  # a stranger may read this: nothing that may have a password
    assert not (tmp_path / "lock.holder").exists()


def test_it_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_QUIET", 0.1)
    began = time.monotonic()
    with held(tmp_path / "lock") as child, pytest.warns(WaitingWarning):
        expected = rf"lock of outputs/x is still held by process {child.pid} .* after 0.5 s .*limits\.wait"
        with pytest.raises(TrackingError, match=expected), locked(tmp_path / "lock", "outputs/x", 0.5, TrackingError):
            raise AssertionError
        began = time.monotonic() - began
    assert began < 10


def test_a_short_wait_is_not_told(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    with held(tmp_path / "lock", 0.2), locked(tmp_path / "lock", "x", 30, ResultsError):
        assert not recwarn.list


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    with held(tmp_path / "lock") as child:
        child.kill()
        child.wait()
        assert (tmp_path / "lock.holder").exists()
        with locked(tmp_path / "lock", "x", 5, ResultsError):
            pass


@pytest.mark.parametrize("junk", [b"", b"\xff\x00", b"[]", b"{}", b'{"since": 3}', b'{"since": "x", "pid": 1}'])
def test_a_holder_that_says_nothing_is_another_process(tmp_path: Path, junk: bytes) -> None:
    with filelock.FileLock(tmp_path / "lock"):
        (tmp_path / "lock.holder").write_bytes(junk)
        with (
            pytest.raises(ResultsError, match="held by another process, after 0 s"),
            locked(tmp_path / "lock", "x", 0, ResultsError),
        ):
            raise AssertionError


def test_a_study_gives_up_with_its_runs_unchanged(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path, tracking="none", figures=False)
    with (
        held(tmp_path / "s/.lock"),
        pytest.raises(ResultsError, match=r"the lock of .*/s is still held by process"),
    ):
        run_study(study(n_iter=16), output_dir=tmp_path, tracking="none", figures=False, wait=0.2)
    assert run_study(study(), output_dir=tmp_path, tracking="none", figures=False).computed == 0


@pytest.mark.parametrize("lock", ["mlflow.db.lock", "s/.tracking.lock"])
def test_so_do_the_store_and_who_tells_it(tmp_path: Path, empty_store: Path, lock: str) -> None:
    (tmp_path / "mlflow.db").write_bytes(empty_store.read_bytes())
    (tmp_path / "s").mkdir()
    with held(tmp_path / lock), pytest.raises(TrackingError, match="is still held by process"):
        run_study(study(), output_dir=tmp_path, figures=False, wait=0.2)


def test_publishing_does_not_wait_for_who_tells_mlflow(tmp_path: Path) -> None:
    with StudyFolder(tmp_path, "s").tracking_lock():
        assert run_study(study(), output_dir=tmp_path, tracking="none", figures=False, wait=1.0).computed


@pytest.mark.slow
def test_the_command_takes_the_time_from_the_config(lab, tmp_path: Path) -> None:
    (tmp_path / "outputs/s").mkdir(parents=True)
    arguments = ("name=s", "optimizer=gd", "n_iter=5", "tracking=none")
    with held(tmp_path / "outputs/s/.lock"):
        command = [sys.executable, "-m", "rmsprop_lab", *arguments, "limits.wait=2"]
        ended = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True)
    assert ended.returncode == 1
    waiting, given_up = (line for line in ended.stderr.splitlines() if line.startswith("rmsprop-lab: "))
    assert "waiting for the lock of outputs/s, held by process" in waiting
    assert "after 2 s of waiting" in given_up
    assert lab(*arguments).status == 0
    for value in ("-1", "null", "soon", "true", ".nan"):
        ended = lab(*arguments, f"limits.wait={value}")
        assert (ended.status, "limits.wait: expected a number of seconds" in ended.err) == (2, True)


def test_a_tracker_has_the_time_too(tmp_path: Path) -> None:
    with held(tmp_path / "mlflow.db.lock"), pytest.raises(TrackingError, match="the lock of the store"):
        MlflowTracker(None, tmp_path, wait=0.1)


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_stands_in_the_place_of_a_lock_is_named(tmp_path: Path, kind: str) -> None:
    (tmp_path / "lock").mkdir() if kind == "folder" else os.mkfifo(tmp_path / "lock")
    with pytest.raises(ResultsError, match=rf"{tmp_path}/lock, the lock of s, is no file: remove it"):  # noqa: SIM117
        with locked(tmp_path / "lock", "s", 0.1, ResultsError):
            pass
