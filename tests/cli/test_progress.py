"""How far a command is: a bar in a terminal, lines elsewhere."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rmsprop_lab.cli import progress

QUICK = "import rmsprop_lab.cli.progress as p; p._EVERY = 0.4; from rmsprop_lab.cli import main; main()"
SLOW = [
    *("search=random", "search.trials=60", "n_iter=4000", "starts.count=40", "engine=numpy"),
    *("objective=[griewank,levy]", "optimizer=[adam,rmsprop_graves]"),
    *("figures=false", "report=false", "tracking=none"),
]


def first_line(capsys: pytest.CaptureFixture[str]) -> str:
    deadline, text = time.monotonic() + 20, ""
    while not text.endswith("\n") and time.monotonic() < deadline:
        time.sleep(0.02)
        text += capsys.readouterr().err
    return text


@pytest.mark.slow
def test_a_log_file_has_a_line_every_few_seconds(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen([sys.executable, "-c", QUICK, *SLOW], cwd=tmp_path, stderr=log, stdout=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and (tmp_path / "log").read_text().count(" runs") < 4:
            time.sleep(0.1)
        early = program.poll()  # the lines are there while it runs
        program.terminate()
        program.wait(30)
    assert early is None
    told = (tmp_path / "log").read_text()
    lines = [line for line in told.splitlines() if re.fullmatch(r" *\d+ %  \d+ of 252 runs(, .+ left)?", line)]
    assert len(lines) >= 2, told
    shares = [int(line.split()[0]) for line in lines]
    assert shares == sorted(shares)
    assert told.splitlines()[0].startswith("plan: 252 runs, 4,000 iterations each")
    assert "\x1b" not in told
    assert "\r" not in told


def test_a_quick_command_says_nothing(lab) -> None:
    ended = lab("optimizer=gd", "n_iter=5", "figures=false", "report=false", "tracking=none")
    assert len(ended.err.splitlines()) == 1  # the plan


def test_lines_begin_after_the_first_interval_and_end_with_the_work(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(progress, "_EVERY", 0.5)
    began = time.monotonic()
    with progress.ProgressBar("opening the MLflow store", "landscapes") as bar:
        assert re.fullmatch("       opening the MLflow store, [01] s so far\n", first_line(capsys))
        assert time.monotonic() - began >= 0.5
        bar(3, 4, "gd on bowl")
        assert re.fullmatch(r"  75 %  3 of 4 landscapes, \d+ s left\n", first_line(capsys))
    capsys.readouterr()
    time.sleep(0.7)
    assert capsys.readouterr().err == ""


def test_a_terminal_has_the_bar_alone(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(progress, "_EVERY", 0.05)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    with progress.ProgressBar("opening") as bar:
        bar(1, 2, "gd on bowl")
        time.sleep(0.3)
    assert " of 2 runs" not in capsys.readouterr().err


def test_a_line_has_the_share_the_counts_and_the_time_left() -> None:
    assert progress.progress_in_words(1, 200, "runs", 600) == "   0 %  1 of 200 runs, 10 min left"
    assert progress.progress_in_words(200, 200, "runs", 0.0) == " 100 %  200 of 200 runs"
    assert progress.progress_in_words(0, 200, "runs", None) == "   0 %  0 of 200 runs"
