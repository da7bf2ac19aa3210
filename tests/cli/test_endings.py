"""How a command ends: each kind of error has its status and one line; no traceback is on the terminal."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.processes import UNMEASURED, without_progress

from rmsprop_lab.cli import computing, endings, job, ui, unforeseen
from rmsprop_lab.cli.endings import ending
from rmsprop_lab.errors import LabError

FEW = ("objective=bowl", "optimizer=gd", "n_iter=2", "tracking=none", "figures=false")


def raising(error: BaseException) -> Any:
    def fail(*arguments: Any, **named: Any) -> None:
        raise error

    return fail


def test_what_nobody_foresaw_is_a_line_and_a_file_in_the_folder_of_the_study(lab, tmp_path: Path, monkeypatch) -> None:
    assert lab(*FEW).status == 0
    monkeypatch.setattr(computing, "run_study", raising(KeyError("cell\nhttp://me:secret@host/")))
    ended = lab(*FEW, "n_iter=3")
    assert ended.status == 70
    lines = [line for line in ended.err.splitlines() if not line.startswith("plan:")]
    (line,) = lines
    assert line.startswith("rmsprop-lab: an error that nobody foresaw, KeyError: ")
    assert line.endswith("please report it with that file.")
    (path,) = (tmp_path / "outputs/study").glob("unforeseen-*.txt")
    assert str(path.relative_to(tmp_path)) in line
    text = path.read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in text
    assert "rmsprop-lab objective=bowl optimizer=gd" in text
    assert "secret" not in text + ended.err


def test_without_a_study_the_file_is_in_the_systems_temporary_folder(lab, tmp_path: Path, monkeypatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(unforeseen, "gettempdir", lambda: str(temporary))
    monkeypatch.setattr(job, "read", raising(RecursionError()))
    ended = lab(*FEW)
    assert ended.status == 70
    assert ended.err.count("\n") == 1
    (path,) = temporary.iterdir()
    assert str(path) in ended.err
    assert [each.name for each in tmp_path.iterdir()] == ["tmp"]


def test_a_report_that_cannot_be_written_is_still_one_line(lab, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(unforeseen, "gettempdir", lambda: str(tmp_path / "nowhere"))
    monkeypatch.setattr(job, "read", raising(AssertionError()))
    ended = lab(*FEW)
    assert ended.status == 70
    assert "cannot be written" in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (OSError(28, "No space left on device"), 1, "No space left on device. Make room on the disk, then give the"),
        (
            PermissionError(13, "Permission denied", "x/y"),
            1,
            "x/y: Permission denied. Give yourself the right to it, or",
        ),
        (MemoryError(), 1, "the memory is full"),
        (LabError("it failed"), 1, "it failed"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (BrokenPipeError(), endings.CLOSED_PIPE, ""),
    ],
)
def test_what_was_foreseen_has_its_status(error: BaseException, status: int, says: str) -> None:
    found, message = ending(error)
    assert found == status
    assert says in message
    assert "\n" not in message


def test_an_error_in_telling_an_error_is_reported_too(monkeypatch, tmp_path: Path) -> None:
    from omegaconf.errors import OmegaConfBaseException

    monkeypatch.setattr(unforeseen, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(endings, "in_words", raising(IndexError("oh")))
    status, message = ending(OmegaConfBaseException("x"))
    assert status == 70
    assert "IndexError: oh" in message


@pytest.mark.slow
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    for tracking in ("mlflow", "none"):
        command = f"trap '' XFSZ; ulimit -f 4; exec {sys.executable} -m rmsprop_lab optimizer=gd n_iter=5"
        ended = subprocess.run(
            ["bash", "-c", f"{command} tracking={tracking}"],
            cwd=tmp_path,
            env=UNMEASURED,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 1, ended.stderr
        lines = [line for line in ended.stderr.splitlines() if line.startswith("rmsprop-lab: ")]
        assert len(lines) == 1
        assert len(without_progress(ended.stderr)) <= 2
        assert re.search("File too large|disk I/O error|disk is full", lines[0])


@pytest.fixture
def older(outputs: Path) -> Path:
    """A store that an older version of MLflow left."""
    with closing(sqlite3.connect(outputs / "mlflow.db")) as database, database:
        database.execute("update alembic_version set version_num = '39d1c3be5f05'")
    return outputs


def test_the_ui_refuses_an_older_store_in_words(older: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["rmsprop-lab-ui", "--output-dir", str(older), "--port", "0"])
    with pytest.raises(SystemExit) as ended:
        ui.main()
    assert ended.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("rmsprop-lab-ui: tracking.uri: expected a store that mlflow")
    assert "mlflow db upgrade" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("kind", ["exclusive", "immediate"])
def test_a_store_that_stays_locked_is_one_line(lab, outputs: Path, kind: str) -> None:
    with closing(sqlite3.connect(outputs / "mlflow.db", isolation_level=None)) as database:
        database.execute(f"begin {kind}")
        ended = lab("objective=bowl", "optimizer=gd", "n_iter=2", "figures=false", "limits.wait=0.5")
    assert ended.status == 1
    plan, line = ended.err.splitlines()
    assert plan.startswith("plan: ")
    assert re.fullmatch(r"rmsprop-lab: the store .*mlflow\.db is still held by another program, after 0\.5 s .*", line)
    assert "limits.wait sets how long" in line
