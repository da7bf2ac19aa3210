"""MLflow holds every run once, whole, whatever happened."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from mlflow import MlflowClient
from support.mlflow_runs import runs_in
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.errors import InputError, TrackingError
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.uri import default_uri
from rmsprop_lab.tracking.writers import client as client_writer


@pytest.mark.usefixtures("sqlite")
def test_again_adds_no_run(tmp_path: Path) -> None:
    assert run_study(study(), output_dir=tmp_path, figures=False).logged == 8
    again = run_study(study(), output_dir=tmp_path, figures=False)
    assert (again.computed, again.logged) == (0, 0)


@pytest.mark.slow
def test_a_lost_database_is_filled_again(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "rmsprop_lab",
        "n_iter=5",
        "figures=false",
    ]  # a process each: MLflow keeps a store open
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "3 of 3 runs computed" in first.stdout
    (tmp_path / "outputs/mlflow.db").unlink()
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "nothing to compute" in again.stdout
    assert "3 runs added to the experiment 'study'" in again.stdout
    assert first.stderr == again.stderr
    assert first.stderr.startswith("plan: 3 runs, 5 iterations each; about ")
    assert first.stderr.count("\n") == 1
    assert len(runs_in(tmp_path / "outputs", "study")[1]) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk full")])
def test_a_run_that_was_cut_off_is_logged_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error) -> None:
    calls = []

    def failing(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 3:
            raise error
        write(*arguments)

    write = client_writer.write_files
    monkeypatch.setattr(client_writer, "write_files", failing)
    tracker = MlflowTracker(None, tmp_path, "client")
    with pytest.raises((KeyboardInterrupt, TrackingError)):
        run_study(study(), output_dir=tmp_path, tracking=tracker, figures=False)
    monkeypatch.undo()
    _, runs = runs_in(tmp_path)
    assert sorted(run.info.status for run in runs)[0] in {"FAILED", "FINISHED"}
    assert {run.info.status for run in runs} & {"KILLED", "FAILED"}
    run_study(study(), output_dir=tmp_path, figures=False)
    _, runs = runs_in(tmp_path)
    assert [run.info.status for run in runs] == ["FINISHED"] * 8
    assert len({run.data.tags["run_key"] for run in runs}) == 8


@pytest.mark.usefixtures("sqlite")
def test_a_later_hyperparameter_reaches_the_earlier_runs(tmp_path: Path) -> None:
    whole = study(objectives={"himmelblau": Himmelblau()})
    run_study(
        study(objectives=whole.objectives, optimizers={"gd": whole.optimizers["gd"]}),
        output_dir=tmp_path,
        figures=False,
    )
    run_study(whole, output_dir=tmp_path, figures=False)
    _, runs = runs_in(tmp_path)
    assert len({tuple(sorted(run.data.params)) for run in runs}) == 1
    assert "rho" in runs[0].data.params


@pytest.mark.usefixtures("sqlite")
def test_a_deleted_experiment_is_an_error_that_says_so(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path, figures=False)
    client = MlflowClient(default_uri(tmp_path))
    client.delete_experiment(client.get_experiment_by_name("s").experiment_id)
    with pytest.raises(InputError, match="deleted"):
        run_study(study(), output_dir=tmp_path, figures=False)


def test_a_store_cut_off_while_it_was_made_is_made_again(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / ".mlflow.db.new")) as half_made:
        half_made.executescript("create table experiments (half_made int)")
    run_study(study(), output_dir=tmp_path, figures=False)
    assert len(runs_in(tmp_path)[1]) == 8
    assert {path.name for path in tmp_path.iterdir()} == {"mlflow.db", "mlflow.db.lock", "artifacts", "s"}


@pytest.mark.usefixtures("sqlite")
def test_the_best_are_those_of_the_commands_own_plan(tmp_path: Path) -> None:
    whole = study()
    for optimizer in whole.optimizers:
        run_study(study(optimizers={optimizer: whole.optimizers[optimizer]}), output_dir=tmp_path, figures=False)
    best = [run for run in runs_in(tmp_path)[1] if run.data.tags.get("best") == "true"]
    assert sorted((run.data.tags["objective"], run.data.tags["optimizer"]) for run in best) == [
        ("bowl", "rmsprop"),
        ("himmelblau", "rmsprop"),
    ]
