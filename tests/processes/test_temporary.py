"""Temporary files of dead processes go, those of living ones stay, on this machine and on others."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.processes import ENVIRONMENT
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.processes.temporary import remove_left_behind, temporary_path, temporary_prefix
from rmsprop_lab.storage import atomic
from rmsprop_lab.storage.atomic import write_atomically

WRITING = """
import sys, time
from pathlib import Path
from rmsprop_lab.processes.temporary import temporary_path
path = temporary_path(Path(sys.argv[1]))
path.write_text("half")
print("written", flush=True)
time.sleep(60)
"""


def test_only_those_of_dead_processes_go(tmp_path: Path) -> None:
    (tmp_path / "s/figures").mkdir(parents=True)
    mine = temporary_path(tmp_path / "s/figures/a.png")
    mine.write_text("half")
    command = [sys.executable, "-c", WRITING, str(tmp_path / "s/figures/b.png")]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        (theirs,) = (path for path in (tmp_path / "s/figures").iterdir() if path != mine)
        remove_left_behind(tmp_path)
        assert mine.exists()
        assert theirs.exists()
        child.kill()
    remove_left_behind(tmp_path)
    assert mine.exists()
    assert not theirs.exists()


def test_those_of_other_machines_and_earlier_versions_go_after_a_day(tmp_path: Path) -> None:
    names = [".a.png.00000000-1-0123abcd", ".a.png.0123abcd", ".part-00000-0123abcd.parquet.0123abcd"]
    for name in names:
        (tmp_path / name).write_text("half")
    (tmp_path / ".optuna.db.abcd_123").mkdir()
    (tmp_path / ".optuna.db.abcd_123/optuna.db").write_text("half")
    remove_left_behind(tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    for path in tmp_path.iterdir():
        os.utime(path, (0, time.time() - 90_000))
    remove_left_behind(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    names = [
        ".lock",
        ".tracking.lock",
        ".shows",
        ".gitignore",
        "a.png.0123abcd",
        ".notes.txt",
        ".a.swp",
        ".nfs00000123",
    ]
    for name in names:
        (tmp_path / name).write_text("mine")
        os.utime(tmp_path / name, (0, 0))
    remove_left_behind(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(names)


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "_sync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(tmp_path / "a.png", b"content")
    assert not list(tmp_path.iterdir())


def test_the_command_removes_them(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path, tracking="none")
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    for folder in ("", "figures", "tables", "commands", "runs.parquet", "traces.parquet"):
        (tmp_path / "s" / folder).mkdir(exist_ok=True)
        mine = temporary_prefix("part-00000-0123abcd.parquet")
        left = tmp_path / "s" / folder / (mine.replace(f"-{os.getpid()}-", f"-{int(dead.stdout)}-") + "0123abcd")
        left.write_bytes(b"half")
    run_study(study(), output_dir=tmp_path, tracking="none")
    assert not [path for path in (tmp_path / "s").rglob(".*") if path.name not in (".lock", ".shows", ".report")]
