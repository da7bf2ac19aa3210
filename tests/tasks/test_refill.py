"""`task=refill`: every run of the folder reaches another store, whichever command computed it."""

import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from rmsprop_lab import load
from rmsprop_lab.tracking.page import OWN_RUNS

COMMON = ("name=s", "objective=[bowl,branin]", "starts.count=3", "n_iter=8")
MANY = (*COMMON, "optimizer=[gd,rmsprop]", "search=grid", "search.points=2")
SEARCHED = 2 * (2 + 4)  # on each objective, gd and rmsprop
EVALUATED = 2 * 2 * 3  # the winner and the optimizer as configured on fresh starts, and that on the search's own
RUNS = SEARCHED + EVALUATED + 1  # the last one fails


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commands' results on disk, never told to MLflow, and a run that fails among them."""
    folder = tmp_path_factory.mktemp("computed")
    (folder / "mine/objective").mkdir(parents=True)
    (folder / "mine/objective/hole.py").write_text(HOLE)
    (folder / "mine/objective/hole.yaml").write_text("hole:\n  _target_: hole.py:Hole\n")
    own = ("--config-dir", "mine", "name=s", "objective=hole", "optimizer=gd", "n_iter=8")
    for arguments, status in ((MANY, 0), (own, 1)):
        command = [sys.executable, "-m", "rmsprop_lab", *arguments, "tracking=none"]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert ended.returncode == status, ended.stderr
    return folder


HOLE = '''
from dataclasses import dataclass

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class Hole(Objective):
    """x, which cannot be drawn or descended."""

    dim: int = 2
    bounds: Bounds = (-1.0, 1.0)

    def value(self, point: Array) -> Array:
        raise ValueError("no value here")
'''


def runs_in(uri: str) -> tuple[MlflowClient, list]:
    client = MlflowClient(uri)
    return client, list(client.search_runs([client.get_experiment_by_name("s").experiment_id], OWN_RUNS))


@pytest.mark.slow
def test_all_runs_of_the_folder_are_there_with_their_pictures(lab, computed: Path, tmp_path: Path) -> None:
    shutil.copytree(computed, tmp_path, dirs_exist_ok=True)
    uri = f"sqlite:///{tmp_path}/team.db"
    ended = lab("task=refill", "name=s", "trust=true", f"tracking.uri={uri}")
    assert ended.status == 0, ended.err
    assert f"{RUNS} of {RUNS} runs added to the experiment 's'" in ended.out
    assert "without a contour plot" not in ended.out
    client, runs = runs_in(uri)
    table = load("s", tmp_path / "outputs").set_index("run_key")
    assert sorted(run.data.tags["run_key"] for run in runs) == sorted(table.index)
    for run in runs:
        row = table.loc[run.data.tags["run_key"]]
        assert run.data.tags["outcome"] == row["outcome"]
        names = {file.path for file in client.list_artifacts(run.info.run_id)}
        assert ("contour.png" in names) == (row["outcome"] != "failed")
        if row["outcome"] == "failed":
            assert "Failed: ValueError: no value here\n\nAgain: " in run.data.tags["mlflow.note.content"]
        else:
            assert f"curve/{row['objective']}/log10_gap" in run.data.metrics
            assert row["outcome"] == "diverged" or run.data.metrics["final/gap"] == row["final_gap"]
    # The newest plan is marked: one run that is not tuned.
    assert Counter(run.data.tags.get("best") for run in runs) == {"true": 1, None: RUNS - 1}
    again = lab("task=refill", "name=s", "trust=true", f"tracking.uri={uri}")
    assert f"0 of {RUNS} runs added" in again.out


@pytest.mark.slow
def test_runs_that_no_command_describes_are_there_without_pictures(
    lab, computed: Path, empty_store: Path, tmp_path: Path
) -> None:
    shutil.copytree(computed, tmp_path, dirs_exist_ok=True)
    shutil.copy(empty_store, tmp_path / "team.db")
    shutil.rmtree(tmp_path / "outputs/s/commands")
    uri = f"sqlite:///{tmp_path}/team.db"
    ended = lab("task=refill", "tracking.writer=client", *COMMON, "optimizer=gd", f"tracking.uri={uri}")
    assert ended.status == 0, ended.err
    assert f"{RUNS} of {RUNS} runs added to the experiment 's'" in ended.out
    client, runs = runs_in(uri)
    drawn = [run for run in runs if "contour.png" in {file.path for file in client.list_artifacts(run.info.run_id)}]
    assert f"{RUNS - len(drawn)} of them without a contour plot" in ended.out
    assert not [run for run in drawn if run.data.params["optimizer"] != "gd"]
    bare = next(run for run in runs if run.data.params["optimizer"] == "rmsprop")
    assert "No contour plot" in bare.data.tags["mlflow.note.content"]
    curve = f"curve/{bare.data.tags['objective']}"
    assert {f"{curve}/value", f"{curve}/gradient_norm", "final/gap"} <= set(bare.data.metrics)
    assert f"{curve}/log10_gap" not in bare.data.metrics


@pytest.mark.slow
def test_a_class_that_changed_is_not_drawn_as_if_it_had_not(
    lab, computed: Path, empty_store: Path, tmp_path: Path
) -> None:
    shutil.copytree(computed, tmp_path, dirs_exist_ok=True)
    shutil.copy(empty_store, tmp_path / "team.db")
    for path in (tmp_path / "outputs/s/commands").glob("*.yaml"):
        text = path.read_text()
        path.write_text(text.replace("objectives.bowl.Bowl", "objectives.matyas.Matyas"))
    ended = lab("task=refill", "name=s", "trust=true", f"tracking.uri=sqlite:///{tmp_path}/team.db")
    assert ended.status == 0, ended.err
    assert f"{RUNS} of {RUNS} runs added" in ended.out
    assert f"{(RUNS - 1) // 2} of them without a contour plot" in ended.out


def says(run: Any) -> dict[str, str]:
    """The tags that do not differ from one store to the next; a run's note links to its own files."""
    passing = {"mlflow.runColor", "mlflow.user", "mlflow.source.folder"}
    return {name: text.replace(run.info.run_id, "") for name, text in run.data.tags.items() if name not in passing}


@pytest.mark.slow
@pytest.mark.usefixtures("outputs")
def test_a_refilled_store_says_what_the_first_one_says(lab, empty_store: Path, tmp_path: Path) -> None:
    shutil.copy(empty_store, tmp_path / "team.db")
    tuned = (
        *COMMON,
        "objective=bowl",
        "optimizer=[gd,rmsprop]",
        "search=tpe",
        "search.trials=3",
        "optimizer.gd.space.step_size.high=1e-3",
    )
    assert lab(*tuned).status == 0
    assert lab("task=refill", "name=s", f"tracking.uri=sqlite:///{tmp_path}/team.db").status == 0
    told = [
        {run.data.tags["run_key"]: run for run in runs_in(f"sqlite:///{store}")[1]}
        for store in (tmp_path / "outputs/mlflow.db", tmp_path / "team.db")
    ]
    assert told[0].keys() == told[1].keys()
    for key, first in told[0].items():
        again = told[1][key]
        assert (again.info.run_name, again.data.params) == (first.info.run_name, first.data.params)
        assert again.data.metrics == first.data.metrics
        assert says(again) == says(first)
    assert {run.data.tags["phase"] for run in told[1].values()} == {"search", "evaluate"}
    assert [run for run in told[1].values() if "edge" in run.data.tags]


def test_a_folder_that_has_none_creates_nothing(lab, tmp_path: Path) -> None:
    ended = lab("task=refill", "name=s")
    assert ended.status == 2
    assert "name: expected the name of a study that has runs, found none in outputs/s" in ended.err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.usefixtures("outputs")
def test_what_mlflow_has_lost_comes_back(lab, tmp_path: Path) -> None:
    arguments = (*COMMON, "objective=bowl", "optimizer=[gd,rmsprop]", "search=grid", "search.points=2")
    assert lab(*arguments).status == 0
    uri = f"sqlite:///{tmp_path}/outputs/mlflow.db"
    before = {run.info.run_id: (run.data.metrics, run.data.params, says(run)) for run in runs_in(uri)[1]}
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.glob("outputs/artifacts/**/*") if path.is_file())
    with closing(sqlite3.connect(tmp_path / "outputs/mlflow.db")) as database:
        database.execute("delete from metrics where key like 'curve/%' and step > 3")
        database.execute("delete from latest_metrics where key = 'final/gap'")
        colours = set(database.execute(COLOURS).fetchall())
        database.execute("delete from tags where key = 'mlflow.runColor'")
        database.commit()
    for path in files[::2]:
        (tmp_path / path).unlink()
    client, (gone, *_) = runs_in(uri)
    client.delete_run(gone.info.run_id)
    ended = lab("task=refill", "name=s")
    assert ended.status == 0, ended.err
    assert f"1 of {len(before)} runs added" in ended.out
    assert f"{len(before) - 1} that were there got back files or numbers that MLflow had lost" in ended.out
    after = {run.info.run_id: (run.data.metrics, run.data.params, says(run)) for run in runs_in(uri)[1]}
    kept = before.keys() - {gone.info.run_id}
    assert {run_id: after[run_id] for run_id in kept} == {run_id: before[run_id] for run_id in kept}
    there = [path for path in files if gone.info.run_id not in str(path) and "/images/" not in str(path)]
    assert all((tmp_path / path).is_file() for path in there)
    assert {(run_id, colour) for run_id, colour in colours if run_id in kept} <= set(_rows(tmp_path, COLOURS))
    assert len({colour for _, colour in colours}) > 2, "runs of one optimizer have shades of one hue"
    assert "got back" not in lab("task=refill", "name=s").out


COLOURS = "select run_uuid, value from tags where key = 'mlflow.runColor'"


def _rows(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "outputs/mlflow.db")) as database:
        return database.execute(query).fetchall()


@pytest.mark.slow
def test_the_page_is_of_the_newest_plan_that_is_whole(lab, tmp_path: Path) -> None:
    """Of the newest there is one shard alone, on an objective that the older plan does not have."""
    given = ("name=s", "optimizer=[gd,rmsprop]", "search=grid", "search.points=3", "n_iter=5", "figures=false")
    assert lab(*given, "objective=bowl", "tracking=none").status == 0
    assert lab(*given, "objective=beale", "shards=2", "shard=0", "tracking=none").status == 0
    ended = lab("task=refill", "name=s")
    assert ended.status == 0, ended.err
    note = (
        MlflowClient(f"sqlite:///{tmp_path}/outputs/mlflow.db").get_experiment_by_name("s").tags["mlflow.note.content"]
    )
    assert "| bowl&emsp; | " in note
    assert "| beale&emsp; | " not in note
