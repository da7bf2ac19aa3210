"""A search that is killed: what was on disk stays, what was not is computed again, and nothing is doubled."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.processes import ENVIRONMENT
from support.studies import assert_same, tables, tuned

from rmsprop_lab import run_study
from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.plan.space import Range
from rmsprop_lab.storage import buffer as pending
from rmsprop_lab.storage.buffer import Buffer
from rmsprop_lab.storage.folder import StudyFolder, load_traces
from rmsprop_lab.storage.schema import run_table, trace_table

KILLED = """
import os, signal
from rmsprop_lab import run_study
from rmsprop_lab.storage import buffer as pending
from support.studies import tuned
pending._MOST_SECONDS = {seconds}
def kill(done, total, what):
    if done >= {after}:
        os.kill(os.getpid(), signal.SIGKILL)
run_study(tuned({method!r}, 22), output_dir={folder!r}, tracking="none", on_progress=kill)
"""


@pytest.mark.parametrize(
    ("method", "seconds", "after"), [("tpe", 0.0, 5), ("tpe", 0.0, 13), ("cmaes", 0.0, 13), ("tpe", 60.0, 13)]
)
def test_killed_and_resumed_equals_uninterrupted(tmp_path: Path, method: str, seconds: float, after: int) -> None:
    run_study(tuned(method, 22), output_dir=tmp_path / "whole", tracking="none")
    cut = str(tmp_path / "cut")
    code = KILLED.format(seconds=seconds, after=after, method=method, folder=cut)
    ended = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    on_disk = len(StudyFolder(cut, "s").trials())
    assert on_disk == (1 if seconds else after)  # the reference, another search, is always there
    run_study(tuned(method, 22), output_dir=cut, tracking="none")
    assert_same(tables(tmp_path / "cut"), tables(tmp_path / "whole"))


def test_a_point_asked_for_twice_is_one_run_with_one_trace(tmp_path: Path) -> None:
    space = {"rho": Range(values=(0.5, 0.9))}
    run_study(tuned(trials=22, spaces={"rmsprop": space}), output_dir=tmp_path, tracking="none", figures=False)
    searched = StudyFolder(tmp_path, "s").trials().query("phase == 'search'")
    assert searched["run_key"].nunique() < len(searched) == 23
    assert not load_traces("s", output_dir=tmp_path).duplicated(["run_key", "start", "iteration"]).any()


def tables_of(computed):
    """What `Buffer.add` takes: runs, no trials, traces."""
    return [run_table(computed)], [], [trace_table(computed.run_keys, computed.trace)]


def test_what_is_pending_is_published_when_it_is_old_or_large(tmp_path: Path, monkeypatch) -> None:
    runs = [tuned().cells[0].run({"step_size": step}) for step in (0.1, 0.2, 0.3)]
    folder = StudyFolder(tmp_path, "s")
    waiting = Buffer(folder)
    first, second, third = (tables_of(*compute([run])) for run in runs)
    assert waiting.add(*first).runs == 0
    monkeypatch.setattr(pending, "_MOST_SECONDS", 0.0)
    assert waiting.add(*second).runs == 2
    monkeypatch.setattr(pending, "_MOST_SECONDS", np.inf)
    monkeypatch.setattr(pending, "_MOST_BYTES", 1)
    assert waiting.add(*third).runs == 1
    assert waiting.publish() == (0, 0)
    assert folder.run_keys() == {run.run_key for run in runs}
