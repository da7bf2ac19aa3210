"""Several folders, each in a process of its own, log to one experiment: every run once, and no command fails."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from mlflow import MlflowClient
from support.processes import ENVIRONMENT
from support.servers import mlflow_server
from support.writing import contents, open_study

from rmsprop_lab.tracking.page import OWN_RUNS

STUDY = (
    *("name=s", "objective=[bowl,himmelblau]", "optimizer=[gd,rmsprop]", "search=grid", "search.points=2", "n_iter=8"),
    *("evaluation.count=0", "figures=false"),
)
COUNT = 2 * (2 + 4)

LATE = """
import sys, time
real, seconds = time.time, float(sys.argv.pop(1))
time.time = lambda: real() + seconds
from rmsprop_lab.cli import main
from rmsprop_lab.tasks.recorder import Recorder
begin = Recorder.begin
def at_once(*given):
    if Recorder.begin is at_once:
        Recorder.begin = begin
        print("ready", flush=True)
        sys.stdin.readline()
    return begin(*given)
Recorder.begin = at_once
main()
"""

MARKING = """
import json, sys, time
from pathlib import Path
from support.writing import contents, open_study
uri, folder, writer, number = sys.argv[1:]
study = open_study(uri, Path(folder), "s", writer)
keys = [content.run_key for content in contents(6)]
study.run_ids()
print("ready", flush=True)
sys.stdin.readline()
for turn in range(8):
    study.mark("best", {keys[(int(number) + turn) % 6]: "true"})
    study.mark("edge", {keys[turn % 6]: f"at {number}"}, alone=False)
    study.describe(f"of {number}", {f"view {turn}": number})
"""


def started(program: str, *arguments: str, folder: Path | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended_at_once(children: list[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    """Lets children that are ready go on, all at once; the status and the errors of each."""
    for child in children:
        assert child.stdout is not None
        while (line := child.stdout.readline()) != "ready\n":
            assert line, child.communicate()
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return [(child.wait(), child.communicate()[1]) for child in children]


def assert_two_folders_log_each_run_once(uri: str, root: Path, writer: str) -> None:
    children = []
    for place, seconds in (("a", "0"), ("b", "-7200")):
        (root / place).mkdir()
        arguments = (seconds, *STUDY, f"tracking.uri={uri}", f"tracking.writer={writer}")
        children.append(started(LATE, *arguments, folder=root / place))
    for status, err in ended_at_once(children):
        assert status == 0, err
        assert "Traceback" not in err
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("s")
    runs = client.search_runs([experiment.experiment_id], OWN_RUNS)
    assert {run.info.status for run in runs} == {"FINISHED"}
    counts = Counter(run.data.tags["run_key"] for run in runs)
    assert len(counts) == COUNT
    assert set(counts.values()) == {1}, counts
    assert sum(run.data.tags.get("best") == "true" for run in runs) == 4
    whose = next(line for line in experiment.tags["mlflow.note.content"].splitlines() if line.startswith("Plan of "))
    assert "/outputs/s on " in whose
    assert f"{COUNT} runs, 2 optimizers on 2 objectives." in whose
    assert str(root) not in experiment.tags["mlflow.note.content"]


@pytest.mark.slow
@pytest.mark.parametrize("writer", ["bulk", "client"])
def test_two_folders_whose_clocks_are_two_hours_apart(sqlite: str, tmp_path: Path, writer: str) -> None:
    assert_two_folders_log_each_run_once(sqlite, tmp_path, writer)


@pytest.mark.slow
def test_two_folders_whose_clocks_are_two_hours_apart_over_http(sqlite: str, tmp_path: Path) -> None:
    with mlflow_server(tmp_path) as uri:
        assert_two_folders_log_each_run_once(uri, tmp_path, "client")


def assert_four_folders_mark_at_once(uri: str, root: Path, writer: str) -> None:
    study = open_study(uri, root, "s", writer)
    study.log_all(contents(6))
    children = [started(MARKING, uri, str(root / str(number)), writer, str(number)) for number in range(4)]
    for status, err in ended_at_once(children):
        assert status == 0, err
    study.mark("best", {contents(1)[0].run_key: "true"})
    marked = MlflowClient(uri).search_runs([study.experiment_id], "tags.best = 'true'")
    assert [run.data.tags["run_key"] for run in marked] == [contents(1)[0].run_key]


@pytest.mark.slow
@pytest.mark.parametrize("writer", ["bulk", "client"])
def test_four_folders_mark_at_once(sqlite: str, tmp_path: Path, writer: str) -> None:
    assert_four_folders_mark_at_once(sqlite, tmp_path, writer)


@pytest.mark.slow
def test_four_folders_mark_at_once_over_http(sqlite: str, tmp_path: Path) -> None:
    with mlflow_server(tmp_path) as uri:
        assert_four_folders_mark_at_once(uri, tmp_path, "client")
