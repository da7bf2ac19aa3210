"""The command prints its results in any encoding."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = ("objective=bowl", "optimizer=gd", "search=random", "search.trials=3", "n_iter=5", "tracking=none")
C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    [{"PYTHONIOENCODING": "cp1252"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, C_LOCALE],
    ids=["cp1252", "ascii", "latin-1", "C"],
)
def test_results_are_printed_in_any_encoding(tmp_path: Path, given: dict[str, str]) -> None:
    command = [sys.executable, "-m", "rmsprop_lab", *SMALL, "figures=false"]
    ended = subprocess.run(command, cwd=tmp_path, env={**os.environ, **given}, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    assert b"Score: log10 of the gap" in ended.stdout
    assert b"runs computed" in ended.stdout


@pytest.mark.parametrize("word", ["objective=böwl", "optimizer=“gd”"])
def test_what_was_typed_is_escaped_where_it_cannot_be_printed(tmp_path: Path, word: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "rmsprop_lab", word],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"},
        capture_output=True,
    )
    assert ended.returncode == 2
    assert word.encode("ascii", "backslashreplace") in ended.stderr


def test_paths_are_no_markup(lab) -> None:
    ended = lab(*SMALL, "figures=false", "output_dir='[bold]x[/bold]:x:'")
    assert ended.status == 0
    assert "[bold]x[/bold]:x:/study/runs.parquet" in ended.out
