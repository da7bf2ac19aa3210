"""Killed at any moment and started again, a study equals one that was never interrupted."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.processes import ENVIRONMENT, interruptible
from support.studies import assert_same, tables, tuned

from rmsprop_lab import load, run_study
from rmsprop_lab.storage.folder import StudyFolder

EACH_BATCH = "from rmsprop_lab.storage import buffer; buffer._MOST_SECONDS = 0.0; "
COMMAND = [
    *(
        sys.executable,
        "-c",
        f"{EACH_BATCH} from rmsprop_lab.cli import main; main()",  # a part for each, not for a second of work
        "name=s",
        "tracking=none",
        "figures=false",
        "n_iter=1500",
        "evaluation.count=4",
    ),
    *("objective=[bowl,rosenbrock,beale]", "starts.count=2", "search.trials=20"),
]


@pytest.fixture(scope="module", params=["grid", pytest.param("tpe", marks=pytest.mark.slow)])
def uninterrupted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """A command, and a folder in which it ran to its end."""
    folder, command = tmp_path_factory.mktemp("whole"), [*COMMAND, f"search={request.param}"]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return command, folder / "outputs"


@pytest.mark.slow
@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_command_that_is_killed_and_given_again_equals_an_uninterrupted_one(
    tmp_path: Path, signal_number: int, uninterrupted: tuple[list[str], Path]
) -> None:
    command, whole = uninterrupted
    count = len(load("s", whole))
    parts = tmp_path / "outputs/s/runs.parquet"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    child = subprocess.Popen(command, cwd=tmp_path, preexec_fn=interruptible, **pipes)
    while not (parts.is_dir() and len(list(parts.glob("part-*"))) >= 5):
        assert child.poll() is None, child.communicate()
        time.sleep(0.005)
    os.kill(child.pid, signal_number)
    _, err = child.communicate()
    expected = {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 143, signal.SIGINT: 130}[signal.Signals(signal_number)]
    assert child.returncode == expected, err
    assert b"Traceback" not in err
    saved = len(load("s", tmp_path / "outputs"))
    assert 0 < saved < count
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"{count - saved} of {count} runs computed" in done.stdout
    assert_same(tables(tmp_path / "outputs"), tables(whole))


KILLED = """
import os, signal
from rmsprop_lab import run_study
from rmsprop_lab.storage import buffer as pending
from support.studies import tuned
pending._MOST_SECONDS = {seconds}
def kill(done, total, what):
    if done >= {after}:
        os.kill(os.getpid(), signal.SIGKILL)
run_study(tuned({method!r}, 22), output_dir={folder!r}, tracking="none", figures=False, on_progress=kill)
"""


@pytest.mark.parametrize(
    ("method", "seconds", "after"), [("tpe", 0.0, 5), ("tpe", 0.0, 13), ("cmaes", 0.0, 13), ("tpe", 60.0, 13)]
)
def test_a_search_that_is_killed_and_resumed_equals_an_uninterrupted_one(
    tmp_path: Path, method: str, seconds: float, after: int
) -> None:
    run_study(tuned(method, 22), output_dir=tmp_path / "whole", tracking="none", figures=False)
    cut = str(tmp_path / "cut")
    code = KILLED.format(seconds=seconds, after=after, method=method, folder=cut)
    ended = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    on_disk = len(StudyFolder(cut, "s").trials())
    assert on_disk == (0 if seconds else after)  # what a second of work has found may be lost
    run_study(tuned(method, 22), output_dir=cut, tracking="none", figures=False)
    assert_same(tables(tmp_path / "cut"), tables(tmp_path / "whole"))
