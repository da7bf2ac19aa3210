"""What a fresh MlflowClient reads of a study."""

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from mlflow import MlflowClient
from support.mlflow_runs import runs_in
from support.pictures import around, pixel_of, pixels
from support.studies import study

from rmsprop_lab import Starts, load, load_traces, run_study
from rmsprop_lab.evaluation.curves import curves
from rmsprop_lab.evaluation.measures import SPREAD
from rmsprop_lab.evaluation.quantiles import median_start
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plots.paths import path_in
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks import cells
from rmsprop_lab.tracking.content import RunContent
from rmsprop_lab.tracking.study_tracker import StudyTracker
from rmsprop_lab.tracking.uri import default_uri

LONG = 300  # iterations: more than the 100 points that a curve has in MLflow


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Path:
    """The output folder of a study with runs that end well and one that diverges."""
    folder = tmp_path_factory.mktemp("logged")
    shutil.copy(empty_store, folder)
    run_study(study((0.01, 0.1, 100.0), n_iter=LONG), output_dir=folder)
    return folder


@pytest.mark.slow
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


@pytest.mark.slow
def test_all_runs_have_the_same_params(logged: Path) -> None:
    _, runs = runs_in(logged)
    assert len({tuple(sorted(run.data.params)) for run in runs}) == 1
    assert {run.data.params["rho"] for run in runs if run.data.params["optimizer"] == "gd"} == {"0"}


def test_curves_are_the_medians_and_the_trace_is_whole(logged: Path) -> None:
    client, runs = runs_in(logged)
    run = next(r for r in runs if r.data.tags["objective"] == "himmelblau" and r.data.tags["outcome"] == "ok")
    trace = StudyFolder(logged, "s").trace_of([run.data.tags["run_key"]])[run.data.tags["run_key"]]
    found = curves(trace, Himmelblau())
    for name, curve in ((name, found[name]) for name in ("log10_gap", "gradient_norm")):
        history = client.get_metric_history(run.info.run_id, f"curve/himmelblau/{name}")
        assert 30 < len(history) <= 48
        assert {0, LONG} <= {point.step for point in history}
        assert all(point.value == curve[point.step] for point in history)
    artifact = pd.read_parquet(client.download_artifacts(run.info.run_id, "trace.parquet"))
    long = load_traces("s", [run.data.tags["run_key"]], logged)
    some = long[long["iteration"].isin(artifact["iteration"])].reset_index(drop=True)
    assert {0, LONG} <= set(artifact["iteration"])
    pd.testing.assert_frame_equal(artifact, some, check_dtype=False, rtol=1e-6)
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


def test_contour_pictures_show_where_their_runs_ended(logged: Path) -> None:
    client, runs = runs_in(logged)
    objectives = {"bowl": Bowl(), "himmelblau": Himmelblau()}
    traces = StudyFolder(logged, "s").trace_of([run.data.tags["run_key"] for run in runs])
    for run in runs:
        picture = pixels(Path(client.download_artifacts(run.info.run_id, "contour.png")).read_bytes())
        trace = traces[run.data.tags["run_key"]]
        backdrop = ContourPainter(objectives[run.data.tags["objective"]], trace.points[0]).backdrop
        median = median_start(trace.values[-1])
        path, left_at = path_in(trace.points[:, :, median], backdrop.window)
        end = path[-1] if left_at is None else left_at
        assert picture.shape == (440, 520, 3)
        assert (around(picture, *pixel_of(backdrop, end)) == 255).all(axis=-1).any()


def test_the_best_run_of_each_objective_holds_the_figures(logged: Path) -> None:
    client, runs = runs_in(logged)
    best = [run for run in runs if "best" in run.data.tags]
    assert len(best) == 4
    holders = [run for run in best if client.list_artifacts(run.info.run_id, "figures")]
    assert len(holders) == 2
    for run in holders:
        names = {Path(file.path).name for file in client.list_artifacts(run.info.run_id, "figures")}
        objective = run.data.tags["objective"]
        assert {f"{objective}_surface.png", f"{objective}_contour.png"} <= names


def test_the_experiment_has_its_page(logged: Path) -> None:
    experiment = MlflowClient(default_uri(logged)).get_experiment_by_name("s")
    link = f"#/experiments/{experiment.experiment_id}/runs?viewStateShareKey=best&compareRunsMode=CHART"
    assert link in experiment.tags["mlflow.note.content"]
    overview = json.loads(json.loads(experiment.tags["mlflow.sharedViewState.best"])["state"])
    assert {chart["type"] for chart in overview["compareRunCharts"]} == {"LINE", "IMAGE", "BAR"}
    (pictures,) = (chart for chart in overview["compareRunCharts"] if chart["type"] == "IMAGE")
    assert pictures["imageKeys"] == ["bowl", "himmelblau"]
    for key in ("all", "best-himmelblau"):
        state = json.loads(json.loads(experiment.tags[f"mlflow.sharedViewState.{key}"])["state"])
        assert {chart["type"] for chart in state["compareRunCharts"]} >= {"LINE", "IMAGE", "PARALLEL", "BAR"}
        assert {"params.`step_size`", "params.`rho`"} <= set(state["selectedColumns"])
        assert "params.`epsilon`" not in state["selectedColumns"]
    assert experiment.artifact_location == (logged.resolve() / "artifacts").as_uri()


@pytest.mark.slow
def test_runs_of_many_searches_are_logged_together_once_they_are_on_disk(
    tmp_path: Path, empty_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(empty_store, tmp_path)
    monkeypatch.setattr(cells, "_LOGGED_AFTER", math.inf)
    monkeypatch.setattr(cells, "_LOGGED_TOGETHER", 3)
    batches: list[list[str]] = []
    log_all = StudyTracker.log_all

    def counting(self: StudyTracker, contents: list[RunContent], on_run: Callable[[], None]) -> int:
        batches.append([content.run_key for content in contents])
        assert set(batches[-1]) <= StudyFolder(tmp_path, "s").run_keys()
        return log_all(self, contents, on_run)

    monkeypatch.setattr(StudyTracker, "log_all", counting)
    told: list[int] = []
    made = study((0.01, 0.1), optimizers={"gd": GD(0.05)}, evaluation=Starts("fresh", count=2))
    summary = run_study(made, output_dir=tmp_path, on_progress=lambda done, total, doing: told.append(done))
    logged = [key for batch in batches for key in batch]
    assert sorted(logged) == sorted(summary.runs)
    assert summary.logged == len(logged)
    assert told[-1] == len(made)
    assert len(batches) < len(made.cells) * 4  # of a reference, a search and two evaluations each
