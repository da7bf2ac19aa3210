"""What the MLflow page is made of: saved views that fit a tag, axes that divergence cannot flatten, notes."""

import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from mlflow.utils.validation import MAX_EXPERIMENT_TAG_VAL_LENGTH
from PIL import Image
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.report.experiment_page import convergence_axes
from rmsprop_lab.report.notes import artifact_link, experiment_note, fitting, run_note
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.content import LOG10_STEP_SIZE, curve_name, metrics
from rmsprop_lab.tracking.page import Axis, view_tags, views

AXIS = Axis("log10_gap", (-17.0, 3.0))


def state_of(tag: str) -> dict:
    return json.loads(json.loads(tag)["state"])


def test_views_of_many_objectives_fit_a_tag() -> None:
    axes = {f"an_objective_of_a_long_name_{number}": AXIS for number in range(40)}
    optimizers = [f"optimizer_{number}" for number in range(10)]
    tags = view_tags(views(axes, optimizers), ["step_size", "rho", "epsilon", "beta_1", "beta_2"], optimizers)
    assert max(map(len, tags.values())) < MAX_EXPERIMENT_TAG_VAL_LENGTH
    assert len(tags) == 2 + 3 * 16


def test_one_objective_needs_no_view_of_its_own() -> None:
    assert list(views({"bowl": AXIS}, ["gd"])) == ["best", "all", "optimizers"]
    several = ["best", "all", *(f"{key}-{name}" for name in ("bowl", "camel") for key in ("best", "all", "optimizers"))]
    assert list(views({"bowl": AXIS, "camel": AXIS}, ["gd"])) == several


def test_every_objective_has_its_chart_and_the_curve_that_it_has() -> None:
    axes = {"bowl": AXIS, "unknown": Axis("value", None)}
    state = state_of(view_tags(views(axes, ["gd"]), ["step_size"], ["gd"])["mlflow.sharedViewState.best"])
    lines = {chart["metricKey"]: chart for chart in state["compareRunCharts"] if chart["type"] == "LINE"}
    assert list(lines) == ["curve/bowl/log10_gap", "curve/unknown/value"]
    assert lines["curve/bowl/log10_gap"]["range"] == {"yMin": -17.0, "yMax": 3.0}
    sections = {section["uuid"] for section in state["compareRunSections"]}
    assert {chart["metricSectionId"] for chart in state["compareRunCharts"]} <= sections


def test_what_mlflow_refuses_in_a_metric_is_replaced() -> None:
    assert curve_name("mine (2)", "value") == "curve/mine__2_/value"


def test_the_step_size_is_a_metric_for_a_logarithmic_axis() -> None:
    row = {"objective": "bowl", "hyperparameters": {"step_size": 0.01}, "outcome": "failed"}
    (point,) = metrics(row, {})
    assert (point.name, point.value) == (LOG10_STEP_SIZE, pytest.approx(-2.0))
    assert not list(metrics({**row, "hyperparameters": {"rho": 0.9}}, {}))


def test_the_axis_goes_from_the_start_to_the_best_whatever_diverges(tmp_path: Path) -> None:
    run_study(study((0.1, 1e6), objectives={"bowl": Bowl()}), output_dir=tmp_path, tracking="none")
    folder = StudyFolder(tmp_path, "s")
    runs = folder.runs()
    (axis,) = convergence_axes(folder, runs).values()
    assert axis.curve == "log10_gap"
    low, high = axis.limits
    first = np.median(folder.trace_of([runs["run_key"][0]])[runs["run_key"][0]].values[0])
    assert low < math.log10(runs["best_gap"].min()) < math.log10(first) < high < math.log10(first) + 1


def test_notes_say_what_was_run_and_show_it(tmp_path: Path) -> None:
    summary = run_study(study(objectives={"bowl": Bowl()}), output_dir=tmp_path, tracking="none")
    links = {None: {"Best": "#/best", "All": "#/all"}, "bowl": {"Best": "#/bowl"}}
    figures = {"comparison": artifact_link("figures/comparison.png", "abc")}
    note = experiment_note(summary.study, summary.best, links, figures)
    assert note.splitlines()[0] == "**[Best](#/best) · [All](#/all)**"
    assert "- bowl: [Best](#/bowl)" in note.splitlines()
    assert "![comparison](get-artifact?path=figures/comparison.png&run_uuid=abc)" in note
    for row in summary.best.to_dict("records"):
        assert f"| bowl&emsp; | {row['rank']}&emsp; | {row['optimizer']}&emsp; |" in note
    key, run = next((key, run) for key, run in summary.runs.items() if isinstance(run.optimizer, RMSProp))
    row = summary.folder.run_rows([key])[key]
    text = run_note(run, row, picture=True)
    assert text.startswith("bowl: rmsprop, step_size")
    assert "![The paths](get-artifact?path=contour.png&run_uuid={run_id})" in text
    assert "| rho&emsp; | 0.9&emsp; |" in text
    assert "| steps_to_1e-7&emsp; |" in text
    assert "get-artifact" not in run_note(run, row, picture=False)
    failed = run_note(run, {**row, "outcome": "failed", "message": "no {run_id} here"}, picture=False)
    assert failed.endswith("Failed: no {run_id} here")


def test_a_picture_is_made_as_wide_as_a_note_and_no_wider() -> None:
    def width(of: int) -> int:
        buffer = io.BytesIO()
        Image.new("RGB", (of, 100)).save(buffer, "png")
        return Image.open(io.BytesIO(fitting(buffer.getvalue()))).width

    assert width(1680) == 1100
    assert width(420) == 420
