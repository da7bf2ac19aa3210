"""Charts of a saved view, as MLflow's UI stores them; `where` is the key of the section that a chart is in."""

from collections.abc import Sequence
from typing import Any

_COMPARED = 20  # runs in a chart: the first in the order of the table


def lines(where: str, title: str, metric: str, limits: tuple[float, float] | None) -> dict[str, Any]:
    """The history of a metric, a line for each run; linear axes, as MLflow's logarithmic one labels small values 0."""
    return {
        **_chart("LINE", where),
        "displayName": title,
        # MLflow titles a chart of one metric by the metric's name and ignores `displayName`, unless the metric is
        # marked as one of a node of a cluster.
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


def images(where: str, keys: Sequence[str], step: int = 0) -> dict[str, Any]:
    """The pictures logged under keys, of at most ten runs, side by side: a list of params would stand between them."""
    return {**_chart("IMAGE", where), "imageKeys": list(keys), "step": step, "showRunParams": False}


def bars(where: str, metric: str) -> dict[str, Any]:
    """The last value of a metric, a bar for each run."""
    return {**_chart("BAR", where), "metricKey": metric}


def parallel(where: str, params: Sequence[str], metrics: Sequence[str]) -> dict[str, Any]:
    """Parallel coordinates, coloured by the last of `metrics`; MLflow leaves out a run that lacks one of them."""
    return {
        **_chart("PARALLEL", where),
        "selectedParams": list(params),
        "selectedMetrics": list(metrics),
        "showAllRuns": True,
    }


def scatter(where: str, across: str, up: str) -> dict[str, Any]:
    """One metric against another, a dot for each run."""
    axes = {"xaxis": {"key": across, "type": "METRIC"}, "yaxis": {"key": up, "type": "METRIC"}}
    return {**_chart("SCATTER", where), **axes}


def section(key: str, name: str, columns: int, height: int, opened: bool = True) -> dict[str, Any]:
    """A section of charts under a heading; `height` in pixels."""
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
