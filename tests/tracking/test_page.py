"""Saved views of an experiment, that fit its tags."""

import json
from dataclasses import replace

import pytest
from mlflow.utils.validation import MAX_EXPERIMENT_TAG_VAL_LENGTH

from rmsprop_lab.tracking.page import Axis, views
from rmsprop_lab.tracking.view_tags import view_tags

AXIS = Axis("log10_gap", (-17.0, 3.0))


def state_of(tag: str) -> dict:
    return json.loads(json.loads(tag)["state"])


@pytest.mark.parametrize("length", [30, 100])
def test_views_of_many_objectives_fit_a_tag(length: int) -> None:
    axes = {f"{number}".ljust(length, "x"): AXIS for number in range(40)}
    optimizers = [f"optimizer_{number}".ljust(length, "x") for number in range(10)]
    tags = view_tags(views(axes, optimizers), ["step_size", "rho", "epsilon", "beta_1", "beta_2"], optimizers)
    assert max(map(len, tags.values())) < MAX_EXPERIMENT_TAG_VAL_LENGTH
    assert len(tags) == 2 + 3 * 16


def test_one_objective_needs_no_view_of_its_own() -> None:
    assert list(views({"bowl": AXIS}, ["gd"])) == ["best", "all", "optimizers"]
    several = ["best", "all", *(f"{key}-{name}" for name in ("bowl", "camel") for key in ("best", "all", "optimizers"))]
    assert list(views({"bowl": AXIS, "camel": AXIS}, ["gd"])) == several


def test_of_more_runs_than_mlflow_fetches_no_view_needs_all_of_them() -> None:
    many, few = replace(AXIS, runs=648), replace(AXIS, runs=60)
    found = views({"bowl": many, "camel": few}, ["gd"], n_iter=10)
    assert list(found) == ["best", "best-bowl", "all-bowl", "best-camel", "all-camel", "optimizers-camel"]
    assert found["all-bowl"].name == "100 of 648 runs, evenly over the scores"
    assert "sample" in found["all-bowl"].search
    assert "sample" not in found["all-camel"].search
    assert "all" in views({"bowl": few}, ["gd"])


def test_every_objective_has_its_chart_and_the_curve_that_it_has() -> None:
    axes = {"bowl": AXIS, "unknown": Axis("value", None)}
    state = state_of(view_tags(views(axes, ["gd"]), ["step_size"], ["gd"])["mlflow.sharedViewState.best"])
    lines = {chart["metricKey"]: chart for chart in state["compareRunCharts"] if chart["type"] == "LINE"}
    assert list(lines) == ["curve/bowl/log10_gap", "curve/unknown/value"]
    assert lines["curve/bowl/log10_gap"]["range"] == {"yMin": -17.0, "yMax": 3.0}
    sections = {section["uuid"] for section in state["compareRunSections"]}
    assert {chart["metricSectionId"] for chart in state["compareRunCharts"]} <= sections


@pytest.mark.parametrize("n_iter", [None, 10])
@pytest.mark.parametrize("curve", ["log10_gap", "value"])
@pytest.mark.parametrize("count", [1, 2, 20])
def test_every_open_section_has_a_chart(count: int, curve: str, n_iter: int | None) -> None:
    axes = {f"f{number}": Axis(curve, None) for number in range(count)}
    for tag in view_tags(views(axes, ["gd"], n_iter=n_iter), ["step_size"], ["gd"]).values():
        state = state_of(tag)
        opened = [section["uuid"] for section in state["compareRunSections"] if section["display"]]
        assert {*opened} == {chart["metricSectionId"] for chart in state["compareRunCharts"]}
        assert len({*opened}) == len(opened)


@pytest.mark.parametrize(("count", "length"), [(2, 1), (20, 1), (10, 400)])
def test_scores_have_a_section_of_their_own_where_charts_leave_some_out(count: int, length: int) -> None:
    axes = {f"{number}".ljust(length, "x"): AXIS for number in range(count)}
    state = state_of(view_tags(views(axes, ["gd"], n_iter=10), ["step_size"], ["gd"])["mlflow.sharedViewState.best"])
    closed = [section["uuid"] for section in state["compareRunSections"] if not section["display"]]
    left_out = len([chart for chart in state["compareRunCharts"] if chart["type"] == "BAR"]) < count
    assert left_out == (count > 2)
    assert ("score" in closed) == left_out


def test_names_of_earlier_versions_do_not_end_a_filter() -> None:
    found = views({"it's": AXIS, "bowl": AXIS}, ["gd"])
    assert found["all-it_s"].search == 'params.`objective` = "it\'s"'
    assert found["all-bowl"].search == "params.`objective` = 'bowl'"
