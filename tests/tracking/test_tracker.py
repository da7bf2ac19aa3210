"""What a fresh MlflowClient reads back, and that MLflow holds every run once, whole, whatever happened."""

import io
import json
import math
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from PIL import Image
from support.studies import study

from rmsprop_lab import load, load_traces, run_study
from rmsprop_lab.errors import InputError, TrackingError
from rmsprop_lab.evaluation.measures import SPREAD, curves
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking import uri
from rmsprop_lab.tracking.content import run_name
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.uri import check_uri, default_uri, redacted
from rmsprop_lab.tracking.writers import client as client_writer

LONG = 300  # iterations: more than the 100 points that a curve has in MLflow


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a study with runs that end well and one that diverges."""
    folder = tmp_path_factory.mktemp("logged")
    run_study(study((0.01, 0.1, 100.0), n_iter=LONG), output_dir=folder)
    return folder


def runs_in(folder: Path, name: str = "s") -> tuple[MlflowClient, list]:
    client = MlflowClient(default_uri(folder))
    experiment = client.get_experiment_by_name(name)
    return client, list(client.search_runs([experiment.experiment_id], max_results=1000))


def test_every_run_is_there_once_finished_and_complete(logged: Path) -> None:
    client, runs = runs_in(logged)
    table = load("s", logged).set_index("run_key")
    assert sorted(run.data.tags["run_key"] for run in runs) == sorted(table.index)
    for run in runs:
        row = table.loc[run.data.tags["run_key"]]
        assert run.info.status == "FINISHED"
        assert run.data.params["step_size"] == repr(float(row["step_size"]))
        assert run.data.params["optimizer"] == run.data.tags["optimizer"] == row["optimizer"]
        assert run.data.tags["outcome"] == row["outcome"]
        assert {"mlflow.user", "mlflow.source.name", "mlflow.runColor"} <= set(run.data.tags)
        for column in (*SPREAD, "evaluations"):
            name, value = "final/" + column.removeprefix("final_"), float(row[column])
            if row["outcome"] == "ok" and math.isfinite(value):
                assert run.data.metrics[name] == value
            elif column.startswith("steps_to"):
                assert name not in run.data.metrics
        assert {file.path for file in client.list_artifacts(run.info.run_id)} >= {
            "contour.png",
            "config.yaml",
            "trace.parquet",
            "images",
        }


def test_all_runs_have_the_same_params(logged: Path) -> None:
    _, runs = runs_in(logged)
    assert len({tuple(sorted(run.data.params)) for run in runs}) == 1
    assert {run.data.params["rho"] for run in runs if run.data.params["optimizer"] == "gd"} == {"0"}


def test_curves_are_the_medians_and_the_trace_is_whole(logged: Path) -> None:
    client, runs = runs_in(logged)
    run = next(r for r in runs if r.data.tags["objective"] == "himmelblau" and r.data.tags["outcome"] == "ok")
    trace = StudyFolder(logged, "s").trace_of([run.data.tags["run_key"]])[run.data.tags["run_key"]]
    for name, curve in curves(trace, Himmelblau()).items():
        history = client.get_metric_history(run.info.run_id, f"curve/himmelblau/{name}")
        assert 50 < len(history) <= 102
        assert {0, LONG} <= {point.step for point in history}
        assert all(point.value == curve[point.step] for point in history)
    artifact = pd.read_parquet(client.download_artifacts(run.info.run_id, "trace.parquet"))
    long = load_traces("s", [run.data.tags["run_key"]], logged)
    pd.testing.assert_frame_equal(artifact, long)
    config = yaml.safe_load(Path(client.download_artifacts(run.info.run_id, "config.yaml")).read_text())
    assert config["objective"]["himmelblau"]["_target_"] == "rmsprop_lab.objectives.himmelblau.Himmelblau"


def test_a_diverged_run_has_only_finite_numbers(logged: Path) -> None:
    _, runs = runs_in(logged)
    lost = [run for run in runs if run.data.tags["outcome"] == "diverged"]
    assert lost
    for run in lost:
        assert all(math.isfinite(value) and value < 1.7e308 for value in run.data.metrics.values())
        assert run.data.metrics["final/first_bad_iteration"] > 0
        assert "final/gap" not in run.data.metrics


def test_contour_pictures_are_pictures(logged: Path) -> None:
    client, runs = runs_in(logged)
    for run in runs:
        picture = Path(client.download_artifacts(run.info.run_id, "contour.png")).read_bytes()
        image = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
        assert image.shape == (440, 520, 3)
        assert len(np.unique(image.reshape(-1, 3), axis=0)) > 50


def test_the_best_run_of_each_objective_holds_the_figures(logged: Path) -> None:
    client, runs = runs_in(logged)
    best = [run for run in runs if "best" in run.data.tags]
    assert len(best) == 4
    holders = [run for run in best if client.list_artifacts(run.info.run_id, "figures")]
    assert len(holders) == 2
    for run in holders:
        names = {Path(file.path).name for file in client.list_artifacts(run.info.run_id, "figures")}
        objective = run.data.tags["objective"]
        assert {f"{objective}_surface.png", f"{objective}_contour.png", "comparison.png"} <= names


def test_the_experiment_has_its_page(logged: Path) -> None:
    experiment = MlflowClient(default_uri(logged)).get_experiment_by_name("s")
    link = f"#/experiments/{experiment.experiment_id}/runs?viewStateShareKey=best&compareRunsMode=CHART"
    assert link in experiment.tags["mlflow.note.content"]
    for key in ("best", "all", "best-himmelblau"):
        state = json.loads(json.loads(experiment.tags[f"mlflow.sharedViewState.{key}"])["state"])
        assert {chart["type"] for chart in state["compareRunCharts"]} >= {"LINE", "IMAGE", "PARALLEL", "BAR"}
        assert {"params.`step_size`", "params.`rho`"} <= set(state["selectedColumns"])
        assert "params.`epsilon`" not in state["selectedColumns"]
    assert experiment.artifact_location == (logged.resolve() / "artifacts").as_uri()


def test_again_adds_no_run(tmp_path: Path) -> None:
    assert run_study(study(), output_dir=tmp_path).logged == 8
    again = run_study(study(), output_dir=tmp_path)
    assert (again.computed, again.logged) == (0, 0)


def test_a_lost_database_is_filled_again(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rmsprop_lab", "n_iter=5"]  # a process each: MLflow keeps a store open
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
        run_study(study(), output_dir=tmp_path, tracking=tracker)
    monkeypatch.undo()
    _, runs = runs_in(tmp_path)
    assert sorted(run.info.status for run in runs)[0] in {"FAILED", "FINISHED"}
    assert {run.info.status for run in runs} & {"KILLED", "FAILED"}
    run_study(study(), output_dir=tmp_path)
    _, runs = runs_in(tmp_path)
    assert [run.info.status for run in runs] == ["FINISHED"] * 8
    assert len({run.data.tags["run_key"] for run in runs}) == 8


def test_a_later_hyperparameter_reaches_the_earlier_runs(tmp_path: Path) -> None:
    whole = study(objectives={"himmelblau": Himmelblau()})
    run_study(study(objectives=whole.objectives, optimizers={"gd": whole.optimizers["gd"]}), output_dir=tmp_path)
    run_study(whole, output_dir=tmp_path)
    _, runs = runs_in(tmp_path)
    assert len({tuple(sorted(run.data.params)) for run in runs}) == 1
    assert "rho" in runs[0].data.params


def test_a_deleted_experiment_is_an_error_that_says_so(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path)
    client = MlflowClient(default_uri(tmp_path))
    client.delete_experiment(client.get_experiment_by_name("s").experiment_id)
    with pytest.raises(InputError, match="deleted"):
        run_study(study(), output_dir=tmp_path)


def test_a_database_of_another_schema_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rmsprop_lab", "n_iter=5", f"output_dir={tmp_path}"]
    subprocess.run(command, check=True, capture_output=True)
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        database.execute("update alembic_version set version_num = 'ffffffffffff'")
    database.close()
    with pytest.raises(InputError, match=r"tracking\.uri: expected a store that mlflow .*found version f{12}") as error:
        MlflowTracker(None, tmp_path)
    assert "mlflow db upgrade" in error.value.change


def test_only_a_store_of_another_schema_is_said_to_need_an_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MlflowTracker(None, tmp_path)

    def refuse(*arguments: object, **named: object) -> None:
        raise MlflowException("the schema of your request is wrong. Try another.")

    monkeypatch.setattr(MlflowClient, "search_experiments", refuse)
    with pytest.raises(InputError, match=r"the schema of your request is wrong\. Try another\.") as error:
        MlflowTracker(None, tmp_path)
    assert error.value.change == ""


def test_a_checked_store_is_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probes, probe = [], uri._check_sqlite

    def counted(text: str) -> None:
        probes.append(text)
        probe(text)

    monkeypatch.setattr(uri, "_check_sqlite", counted)
    given = default_uri(tmp_path)
    MlflowTracker(given, tmp_path)
    assert probes == [given]
    checked = check_uri(given)
    assert (checked, check_uri(checked)) == (given, given)
    MlflowTracker(checked, tmp_path)
    assert probes == [given, given]


def test_a_store_cut_off_while_it_was_made_is_made_again(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / ".mlflow.db.new")) as half_made:
        half_made.executescript("create table experiments (half_made int)")
    run_study(study(), output_dir=tmp_path)
    assert len(runs_in(tmp_path)[1]) == 8
    assert {path.name for path in tmp_path.iterdir()} == {"mlflow.db", "mlflow.db.lock", "artifacts", "s"}


def test_the_best_are_those_of_the_whole_study(tmp_path: Path) -> None:
    whole = study()
    for optimizer in whole.optimizers:
        run_study(study(optimizers={optimizer: whole.optimizers[optimizer]}), output_dir=tmp_path)
    best = [run for run in runs_in(tmp_path)[1] if run.data.tags.get("best") == "true"]
    assert sorted((run.data.tags["objective"], run.data.tags["optimizer"]) for run in best) == [
        (objective, optimizer) for objective in ("bowl", "himmelblau") for optimizer in ("gd", "rmsprop")
    ]


def test_names_put_first_what_varies() -> None:
    assert run_name("rmsprop", {"step_size": 0.1, "rho": 0.99, "epsilon": 1e-8}, ["rho"]) == "rmsprop 0.1 ρ0.99"
    assert run_name("gd", {"step_size": 0.1}, [], "bowl") == "gd 0.1 bowl"


def test_passwords_are_left_out_of_messages() -> None:
    assert redacted("at postgresql://me:secret@host/db and") == "at postgresql://me:***@host/db and"
    assert redacted("sqlite:////a/b.db") == "sqlite:////a/b.db"


def test_checking_a_store_creates_nothing(tmp_path: Path) -> None:
    check_uri(f"sqlite:///{tmp_path}/new.db")
    assert not list(tmp_path.iterdir())
