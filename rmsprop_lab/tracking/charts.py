"""Charts of a saved view, in the words of MLflow's UI: each function gives one chart of the section `where`."""

from collections.abc import Sequence
from typing import Any

_COMPARED = 20  # runs in a chart, the first in the table's order


def lines(where: str, title: str, metric: str, limits: tuple[float, float] | None) -> dict[str, Any]:
    """The history of a metric, a line per run, on linear axes: MLflow's logarithmic one labels small values 0."""
    return {
        **_chart("LINE", where),
        "displayName": title,
        # A chart of one metric is titled by the metric's name, whatever `displayName` says; only one that seems
        # to be about a node of a cluster keeps its title.
        "nodeLevelSystemMetricConfiguration": {"metric": metric, "type": "node"},
        "metricKey": metric,
        "selectedMetricKeys": [metric],
        "lineSmoothness": 0,
        "xAxisScaleType": "linear",
        "scaleType": "linear",
        "range": {} if limits is None else {"yMin": limits[0], "yMax": limits[1]},
        "xAxisKey": "step",
        "displayPoints": False,
        "yAxisKey": "metric",
        "useGlobalXaxisKey": True,
        "useGlobalLineSmoothing": True,
    }


def images(where: str, key: str) -> dict[str, Any]:
    """The pictures logged under a key, of ten runs at most; without a list of params they stand side by side."""
    return {**_chart("IMAGE", where), "imageKeys": [key], "step": 0, "showRunParams": False}


def bars(where: str, metric: str) -> dict[str, Any]:
    """A metric's last value, a bar per run."""
    return {**_chart("BAR", where), "metricKey": metric}


def parallel(where: str, params: Sequence[str], metrics: Sequence[str]) -> dict[str, Any]:
    """Parallel coordinates, coloured by the last metric; a run that lacks one of them is not in it."""
    return {
        **_chart("PARALLEL", where),
        "selectedParams": list(params),
        "selectedMetrics": list(metrics),
        "showAllRuns": True,
    }


def scatter(where: str, across: str, up: str) -> dict[str, Any]:
    """One metric against another, a dot per run."""
    axes = {"xaxis": {"key": across, "type": "METRIC"}, "yaxis": {"key": up, "type": "METRIC"}}
    return {**_chart("SCATTER", where), **axes}


def section(key: str, name: str, columns: int, height: int, opened: bool = True) -> dict[str, Any]:
    """A heading that charts are below; `height` in pixels."""
    return {
        "uuid": key,
        "name": name,
        "display": opened,
        "isReordered": True,
        "deleted": False,
        "isGenerated": False,
        "columns": columns,
        "cardHeight": height,
    }


def _chart(kind: str, where: str) -> dict[str, Any]:
    return {
        "type": kind,
        "runsCountToCompare": _COMPARED,
        "metricSectionId": where,
        "deleted": False,
        "isGenerated": False,
    }
