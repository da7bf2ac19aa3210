"""The experiment's page: saved views that open as the comparison.

A saved view is an experiment tag that MLflow's UI reads and its documentation does not mention; seen with
mlflow 3.17.2. Should another version not understand it, the page opens as MLflow's plain table.
"""

import json
from collections.abc import Sequence
from typing import Any

BEST_TAG = "best"
"""Marks the best run of each optimizer on each objective, of the whole study."""

DEFAULT_VIEW = "best"
VIEWS = {
    "best": ("Best of each optimizer", f"tags.`{BEST_TAG}` = 'true'"),
    "all": ("All runs", ""),
}
_COMPARED = 20  # runs in a chart, the first in the table's order


def view_link(experiment_id: str, view: str = DEFAULT_VIEW) -> str:
    """Where a view opens, below the server's address."""
    return f"#/experiments/{experiment_id}/runs?viewStateShareKey={view}&compareRunsMode=CHART"


def view_tags(hyperparameters: Sequence[str]) -> dict[str, str]:
    """The experiment tags that hold the views `best` and `all`."""
    return {
        f"mlflow.sharedViewState.{key}": json.dumps(
            {"name": name, "createdAt": 0, "updatedAt": 0, "state": json.dumps(_state(hyperparameters, search))}
        )
        for key, (name, search) in VIEWS.items()
    }


def _state(hyperparameters: Sequence[str], search: str) -> dict[str, Any]:
    """Columns, sort order and charts."""
    shown = [name for name in hyperparameters if name != "epsilon"]
    charts = [
        _line("log₁₀ gap to the minimum", "curve/log10_gap", "linear", "convergence"),
        _line("gradient norm", "curve/gradient_norm", "log", "convergence"),
        _line("distance to the nearest minimizer", "curve/distance", "log", "convergence"),
        {**_chart("IMAGE", "paths"), "imageKeys": ["contour"], "step": 0, "showRunParams": False},
        {
            **_chart("BAR", "summary"),
            "displayName": "iterations until 1/1000 of the gap is left",
            "metricKey": "final/steps_to_1e-3",
        },
        {
            **_chart("PARALLEL", "summary"),
            "selectedParams": ["objective", "optimizer", *shown],
            "selectedMetrics": ["final/log10_gap"],
            "showAllRuns": True,
        },
        {
            **_chart("SCATTER", "summary"),
            "xaxis": {"key": "step_size", "type": "PARAM"},
            "yaxis": {"key": "final/log10_gap", "type": "METRIC"},
        },
    ]
    for index, chart in enumerate(charts):
        chart["uuid"] = f"chart-{index}"
    columns = [f"params.`{name}`" for name in ("objective", "optimizer", *shown)]
    columns += [f"metrics.`final/{name}`" for name in ("log10_gap", "steps_to_1e-3", "diverged")]
    return {
        "searchFilter": search,
        "orderByKey": "metrics.`final/log10_gap`",
        "orderByAsc": True,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": columns,
        "columnOrder": [],
        "columnWidths": {},
        "runsHiddenMode": "SHOW_ALL",
        "compareRunCharts": charts,
        "compareRunSections": [
            _section("convergence", "Convergence (medians over starts)", 3, 360),
            _section("paths", "Paths (all starts, the median one bold)", 1, 760),
            _section("summary", "Hyperparameters and measures", 3, 360),
        ],
        "viewMaximized": False,
        "runListHidden": False,
        "isAccordionReordered": True,
        "useGroupedValuesInCharts": True,
        "hideEmptyCharts": True,
        "groupBy": None,
        "groupsExpanded": {},
        "globalLineChartConfig": {"xAxisKey": "step", "lineSmoothness": 0, "selectedXAxisMetricKey": ""},
    }


def _chart(kind: str, section: str) -> dict[str, Any]:
    return {
        "type": kind,
        "runsCountToCompare": _COMPARED,
        "metricSectionId": section,
        "deleted": False,
        "isGenerated": False,
    }


def _line(name: str, metric: str, scale: str, section: str) -> dict[str, Any]:
    return {
        **_chart("LINE", section),
        "displayName": name,
        "metricKey": metric,
        "selectedMetricKeys": [metric],
        "lineSmoothness": 0,
        "xAxisScaleType": "linear",
        "scaleType": scale,
        "range": {},
        "xAxisKey": "step",
        "selectedXAxisMetricKey": "",
        "displayPoints": False,
        "yAxisKey": "metric",
        "yAxisExpressions": [],
        "ignoreOutliers": False,
        "useGlobalXaxisKey": True,
        "useGlobalLineSmoothing": True,
    }


def _section(key: str, name: str, columns: int, height: int) -> dict[str, Any]:
    return {
        "uuid": key,
        "name": name,
        "display": True,
        "isReordered": True,
        "deleted": False,
        "isGenerated": False,
        "columns": columns,
        "cardHeight": height,
    }
