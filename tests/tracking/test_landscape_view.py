"""The saved views of landscapes show the measures that they have."""

import json

from rmsprop_lab.tracking.landscape_view import landscape_views
from rmsprop_lab.tracking.view_tags import view_tags


def test_a_view_has_the_measures_of_its_landscapes_and_both_numbers() -> None:
    tags = view_tags(landscape_views(["log10_gap", "value"]), ["step_size"], [])
    assert set(tags) == {"mlflow.sharedViewState.best", "mlflow.sharedViewState.all"}
    state = json.loads(json.loads(tags["mlflow.sharedViewState.best"])["state"])
    shown = [column for column in state["selectedColumns"] if column.startswith("metrics.")]
    names = ("log10_gap", "log10_gap_fresh", "value", "value_fresh", "diverged_share")
    assert shown == [f"metrics.`final/{name}`" for name in names]
    sections = {section["uuid"] for section in state["compareRunSections"]}
    assert {chart["metricSectionId"] for chart in state["compareRunCharts"]} == {"paths"}
    assert sections == {"paths", "final"}  # nothing else has anything to show


def test_without_known_minima_nothing_is_called_a_gap() -> None:
    assert "gap" not in str(view_tags(landscape_views(["value"]), ["step_size"], []))
