"""`task=plan`: what it says that a command would do, and that it does nothing."""

import re
from pathlib import Path

import pytest
from support.version_1 import unpack

from rmsprop_lab.objectives import Bowl, Rosenbrock
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.plan import planned
from rmsprop_lab.tasks.run import run_study

N = ("tracking=none", "figures=false", "report=false")
GRID = ("search=grid", "optimizer.gd.space.step_size.points=3", "optimizer=gd", "n_iter=20", "starts.count=2", *N)


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")
    }


def told(out: str, label: str) -> str:
    (line,) = [line for line in out.splitlines() if line.startswith(f"{label:9}")]
    return line[9:]


def test_it_says_what_the_command_would_do_and_creates_nothing(lab, tmp_path: Path) -> None:
    ended = lab("experiment=compare", "task=plan", "jobs=4", "objective=[bowl,rosenbrock]")
    assert (ended.status, ended.err) == (0, "")
    assert "compare: 1,296 runs of 200 iterations; task=plan computes and creates nothing" in ended.out
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["rosenbrock", "gd", "8", "24", "3", "216", "0"] in [row[:7] for row in rows]
    assert told(ended.out, "search") == "tpe: 24 trials of each optimizer on each objective, 8 repeats"
    assert told(ended.out, "starts") == "10 (uniform), 32 fresh ones to judge by"
    assert told(ended.out, "split") == "4 processes on this machine"
    assert told(ended.out, "on disk") == "nothing in outputs/compare"
    assert re.fullmatch(r"about \d+ s and [\d.]+ MB for 1,296 runs, in one process \d+ s", told(ended.out, "takes"))
    assert told(ended.out, "MLflow") == "the experiment 'compare' in outputs/mlflow.db"
    assert told(ended.out, "next") == "rmsprop-lab experiment=compare jobs=4 'objective=[bowl,rosenbrock]'"
    assert not list(tmp_path.iterdir())


def test_it_counts_what_is_on_disk_and_leaves_it_as_it_is(lab, tmp_path: Path) -> None:
    lab(*GRID)
    before = files(tmp_path)
    ended = lab(*GRID, "task=plan")
    assert told(ended.out, "on disk") == "6 of 6 in outputs/study"
    assert told(ended.out, "takes") == "nothing is left to compute"
    wider = lab(*GRID, "task=plan", "optimizer=[gd,adam]")
    assert told(wider.out, "on disk") == "6 of 36 in outputs/study"
    assert told(wider.out, "takes").endswith(" for 30 runs")
    assert told(lab(*GRID, "task=plan", "n_iter=21").out, "on disk") == "nothing in outputs/study"
    assert files(tmp_path) == before


def test_the_count_is_what_the_study_then_finds(tmp_path: Path) -> None:
    """Of an adaptive search with repeats, of which part of the trials are there."""

    def study(trials: int) -> Study:
        return Study(
            "s",
            {"bowl": Bowl(), "rosenbrock": Rosenbrock()},
            {"gd": GD(step_size=0.01), "rmsprop": RMSProp(step_size=0.01, rho=0.99)},
            Starts(count=2),
            10,
            Search("random", trials=trials, repeats=2),
            {name: {"step_size": Range(1e-4, 1e-1, "log")} for name in ("gd", "rmsprop")},
            Starts("fresh", count=2),
        )

    run_study(study(3), output_dir=tmp_path, tracking="none", figures=False, report=False)
    whole = planned(study(3), StudyFolder(tmp_path, "s"), False, False)
    assert (whole.runs, whole.there) == (len(study(3)), len(study(3))) == (48, 48)
    assert whole.left.seconds() == 0
    more = planned(study(5), StudyFolder(tmp_path, "s"), False, False)
    assert more.runs == len(study(5)) == 64
    assert more.there == 48  # as if the winners of three trials were those of five
    fewer = planned(study(2), StudyFolder(tmp_path, "s"), False, False)
    assert len(study(2)) - 8 <= fewer.there <= len(study(2))  # the winner of two trials may be another


def test_a_folder_that_cannot_be_read_is_named_and_left(lab, tmp_path: Path) -> None:
    lab(*GRID)
    (part,) = (tmp_path / "outputs/study/runs.parquet").iterdir()
    part.write_bytes(part.read_bytes()[:50])
    before = files(tmp_path)
    ended = lab(*GRID, "task=plan")
    assert ended.status == 0
    assert part.name in told(ended.out, "damage")
    assert told(ended.out, "takes").endswith(" for 6 runs")
    assert files(tmp_path) == before


def test_a_folder_of_version_1_is_left_as_it_is(lab, tmp_path: Path) -> None:
    before = files(unpack(tmp_path))
    ended = lab("task=plan", "name=first", *N)
    assert ended.status == 0, ended.err
    assert told(ended.out, "format 1") == "the command first measures the runs of this older folder again"
    assert files(tmp_path / "outputs") == before


def test_every_job_of_a_multirun_has_its_plan(lab, tmp_path: Path) -> None:
    ended = lab("-m", "n_iter=20,30", "optimizer=gd", "task=plan", *N)
    assert ended.status == 0
    assert "study.n_iter-20: 1 run of 20 iterations" in ended.out
    assert "study.n_iter-30: 1 run of 30 iterations" in ended.out
    assert not list(tmp_path.iterdir())


def test_shards_and_wider_searches_are_told(lab) -> None:
    out = lab("task=plan", "search=tpe", "search.trials=4", "search.widen=true", "shards=2", "optimizer=[gd,adam]").out
    assert told(out, "split") == "2 shards, each about 7 runs of these"
    assert told(out, "search").endswith(", and again in a wider space where the winner lies at an edge")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["n_iter=0"], "n_iter: expected an integer >= 1, found 0."),
        (["limits.runs=2"], "limits.runs: expected a study of at most 2 runs, found at least 3 runs."),
        (["shards=2", "jobs=2"], "jobs: expected 1, as each shard is one process, found 2."),
        (["tracking.uri=sqlite:////nowhere/x.db"], "tracking.uri: expected"),
    ],
)
def test_what_run_refuses_it_refuses(lab, tmp_path: Path, words: list[str], expected: str) -> None:
    ended = lab("task=plan", *words)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"rmsprop-lab: {expected}")
    assert ended.err == lab("task=run", *words).err
    assert not list(tmp_path.iterdir())
