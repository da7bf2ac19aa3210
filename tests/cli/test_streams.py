"""The command works, and ends with its own status, whatever a shell has made of its streams and its terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import ENVIRONMENT

from rmsprop_lab.cli.console import console, told_apart
from rmsprop_lab.plots.colours import hues

SMALL = "objective=bowl optimizer=gd n_iter=5 tracking=none figures=false"
ANSWERS = {SMALL: 0, f"{SMALL} -m": 0, "--help": 0, "n_itr=5": 2}
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")


def ended(words: str, streams: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"exec {sys.executable} -m rmsprop_lab {words} {streams}"],
        cwd=folder,
        env={**ENVIRONMENT, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", ANSWERS)
def test_a_closed_stream_changes_nothing_but_what_is_printed(tmp_path: Path, words: str, streams: str) -> None:
    found = ended(words, streams, tmp_path)
    assert found.returncode == ANSWERS[words], found.stderr
    assert "Traceback" not in found.stderr
    if words == SMALL:
        assert (tmp_path / "outputs/study/runs.parquet").exists()
        assert ("computed: outputs" in found.stdout) == (streams in ("2>&-", "<&-"))


@pytest.mark.parametrize("words", ["task=list", "task=plan tracking=none"])
def test_a_pipe_that_is_closed_ends_it_in_silence(tmp_path: Path, words: str) -> None:
    found = ended(words, "| (exec 0<&-); exit ${PIPESTATUS[0]}", tmp_path)
    assert (found.returncode, found.stdout, found.stderr) == (141, "", "")


@pytest.mark.slow
@FULL
@pytest.mark.parametrize("words", ANSWERS)
def test_an_output_that_is_full_is_named(tmp_path: Path, words: str) -> None:
    found = ended(words, ">/dev/full", tmp_path)
    if ANSWERS[words]:
        assert found.returncode == ANSWERS[words]  # told on stderr
        return
    assert found.returncode == 1
    (line,) = [line for line in found.stderr.splitlines() if not line.startswith("plan:")]
    assert line == "rmsprop-lab: the output cannot be written: No space left on device"


@pytest.mark.slow
@FULL
@pytest.mark.parametrize("words", ANSWERS)
def test_what_is_only_told_may_be_lost(tmp_path: Path, words: str) -> None:
    assert ended(words, "2>/dev/full", tmp_path).returncode == ANSWERS[words]


@pytest.mark.slow
@pytest.mark.parametrize("columns", ["0", "-5", "abc", "", "1", "²", "1e3", "99999999", 5000 * "9"])
def test_a_terminal_of_any_number_of_columns_shows_everything(lab, monkeypatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    shown = lab(*SMALL.split())
    assert shown.status == 0
    assert "plan: " in shown.err
    assert "log₁₀" in shown.out
    assert "outputs/study/runs.parquet" in shown.out
    assert "n_itr" in lab("n_itr=5").err


@pytest.mark.parametrize(("term", "colours"), [("xterm", 8), ("xterm-256color", 256), ("dumb", 0)])
def test_no_two_optimizers_have_one_colour_on_a_terminal_of_few(monkeypatch, term: str, colours: int) -> None:
    for name in ("COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = console()
    names = ["gd", "adagrad", "rmsprop", "momentum", "adam", "nesterov", "mine"]
    shown = {}
    for name, style in told_apart(hues(names), out).items():
        with out.capture() as captured:
            out.print(name, style=style, end="")
        if escape := captured.get().partition(name)[0]:
            shown[name] = escape
    assert len(set(shown.values())) == len(shown)
    assert bool(shown) == bool(colours)
    if colours == 256:
        assert len(shown) == len(names)


def test_a_warning_of_another_package_shows_neither_its_source_nor_a_secret(tmp_path: Path) -> None:
    code = (
        "import sys, warnings; from rmsprop_lab.cli import prepare; prepare();"
        "warnings.warn('at http://me:Zq7secret@host/')"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    found = subprocess.run([sys.executable, script], capture_output=True, text=True, env={**os.environ}, check=True)
    assert found.stderr.count("\n") == 1
    assert "UserWarning: at http://me:***@host/" in found.stderr
