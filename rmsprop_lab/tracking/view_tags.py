"""The saved views as experiment tags: what MLflow's page keeps of its columns, order and charts.

MLflow's UI reads such a tag but its documentation does not mention it. It was tested with mlflow 3.17.2; a version that
does not understand it shows its plain table of runs.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rmsprop_lab.tracking.charts import bars, images, lines, parallel, scatter, section
from rmsprop_lab.tracking.content import (
    LOG10_STEP_SIZE,
    ORDER_METRIC,
    curve_name,
    metric_word,
    rank_metric,
    score_metric,
)
from rmsprop_lab.tracking.page import MOST_OBJECTIVES, RANK_TAG, View

_MOST_LETTERS = 20_000  # of a tag
_STEPS_TOLD = "Steps until 1/1000 of the gap is left; never counts as twice the iterations"
_RUN_NAME = "attributes.`Run Name`"
_BY_OPTIMIZER = {"aggregateFunction": "min", "groupByKeys": [{"mode": "param", "groupByData": "optimizer"}]}


def view_tags(found: Mapping[str, View], shown: Sequence[str], optimizers: Sequence[str]) -> dict[str, str]:
    """The experiment tags that hold the `views`; `shown`: the hyperparameters in columns and charts."""
    return {f"mlflow.sharedViewState.{key}": _fitting_tag(view, shown, optimizers) for key, view in found.items()}


def _fitting_tag(view: View, shown: Sequence[str], optimizers: Sequence[str]) -> str:
    """The tag of a view; with long names, of the first objectives alone."""
    tag, axes = _tag(view, shown, optimizers, len(view.axes)), list(view.axes.items())
    while len(tag) >= _MOST_LETTERS and len(axes) > 1:
        axes = axes[: min(len(axes), MOST_OBJECTIVES) - 1]
        tag = _tag(replace(view, axes=dict(axes)), shown, optimizers, len(view.axes))
    return tag


def _tag(view: View, shown: Sequence[str], optimizers: Sequence[str], objectives: int) -> str:
    state = _compact(_state(view, shown, optimizers, objectives))
    return _compact({"name": view.title, "createdAt": 0, "updatedAt": 0, "state": state})


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _state(view: View, shown: Sequence[str], optimizers: Sequence[str], objectives: int) -> dict[str, Any]:
    """The state of MLflow's page: columns, order, charts. `objectives`: how many the runs have scores on."""
    charts = list(_charts(view, shown))
    for index, chart in enumerate(charts):
        chart["uuid"] = f"chart-{index}"
    columns = _columns(view, shown)
    charted = {chart["metricSectionId"] for chart in charts}
    scored = min(len(view.axes), MOST_OBJECTIVES) == objectives
    return {
        "searchFilter": view.search,
        "orderByKey": view.order,
        "orderByAsc": not view.pictured,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": list(columns),
        "columnOrder": [_RUN_NAME, *columns],
        "columnWidths": {_RUN_NAME: 260, **columns},
        "runsHiddenMode": "SHOW_ALL",
        "compareRunCharts": charts,
        "compareRunSections": [
            *(each for each in _open(view) if each["uuid"] in charted),
            *_closed(view, scored),
        ],
        "viewMaximized": False,
        "runListHidden": view.pictured,
        "isAccordionReordered": True,
        "useGroupedValuesInCharts": True,
        "hideEmptyCharts": True,
        "groupBy": _BY_OPTIMIZER if view.grouped else None,
        "groupsExpanded": {f"param.optimizer.{name}": False for name in optimizers},
        "globalLineChartConfig": {"xAxisKey": "step", "lineSmoothness": 0, "selectedXAxisMetricKey": ""},
    }


def _columns(view: View, shown: Sequence[str]) -> dict[str, int]:
    """The columns of the table, and their widths in pixels."""
    if view.is_overview:
        measures = [ORDER_METRIC, *(of(name) for name in view.axes for of in (rank_metric, score_metric))]
        return {"params.`optimizer`": 150, **{f"metrics.`{name}`": 150 for name in measures}}
    columns = {f"params.`{name}`": 110 for name in ("objective", "optimizer", *shown)}
    columns |= {f"metrics.`final/{name}`": 150 for name in view.metrics}
    return columns | {f"tags.`{name}`": 90 for name in (RANK_TAG, "outcome", "regime", "phase")}


def _charts(view: View, shown: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name, axis in list(view.axes.items())[:MOST_OBJECTIVES]:
        title = f"{name}: log₁₀ gap" if axis.curve == "log10_gap" else f"{name}: {axis.curve}"
        yield lines("convergence", title, curve_name(name, axis.curve), axis.limits)
    if view.grouped:  # one number for several objectives would mean nothing
        return
    if view.last_step is not None:
        names = [metric_word(name) for name in list(view.axes)[:MOST_OBJECTIVES]]
        yield images("paths", names, view.last_step)
        for name in list(view.axes)[:MOST_OBJECTIVES]:
            yield bars("scores", score_metric(name))
        return
    yield images("paths", ["contour"])
    if view.known:
        yield bars("steps", "final/mean_steps_to_1e-3")
    if not view.has_settings:
        return
    others = [name for name in shown if name != "step_size"]
    score = f"final/{view.metrics[0]}"  # finite for every run, also for one that diverged
    yield parallel("hyperparameters", ["objective", "optimizer", *others], [LOG10_STEP_SIZE, score])
    yield scatter("hyperparameters", LOG10_STEP_SIZE, score)


def _open(view: View) -> Iterator[dict[str, Any]]:
    """The sections that are open, whether or not there are charts in them."""
    columns = 1 if len(view.axes) == 1 else 2
    if view.grouped:
        yield section("convergence", "Best of all settings at each step, up to the worst", columns, height=360)
    elif view.is_overview:
        pictures = "Each optimizer's paths on each objective, the median one bold"
        yield section("paths", pictures, columns=1, height=160 + 262 * min(len(view.axes), MOST_OBJECTIVES))
        yield section("convergence", "Convergence, medians over starts", columns, height=360)
        yield section("scores", "Scores, the lower the better", columns, height=300)
    else:
        rows = -(-min(view.most_runs or 10, 10) // (4 if view.pictured else 3))  # of the image grid, at 1366 pixels
        yield section("convergence", "Convergence, medians over starts", columns, height=360)
        yield section("paths", view.pictures, columns=1, height=150 + 285 * rows)
        yield section("steps", _STEPS_TOLD, columns=1, height=320)
        yield section("hyperparameters", "Hyperparameters", columns=2, height=400)


def _closed(view: View, scored: bool) -> Iterator[dict[str, Any]]:
    """Closed sections for the metrics that MLflow would add by itself, one for each prefix.

    Args:
        view: The view.
        scored: Whether all scores have charts already.
    """
    for name in list(view.axes)[:MOST_OBJECTIVES]:
        yield section(f"curve-{name}", curve_name(name, "").rstrip("/"), columns=3, height=360, opened=False)
    if view.is_overview:  # MLflow calls that of metrics without a prefix, and of pictures, by the last name
        names = ["rank", "Model metrics"] if scored else ["score", "rank", "Model metrics"]
    else:
        names = ["final", "log10"] if view.has_settings else ["final"]
    for name in names:
        yield section(name, name, columns=3, height=360, opened=False)
