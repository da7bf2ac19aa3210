"""The experiment's page: saved views that open as the comparison.

A saved view is an experiment tag that MLflow's UI reads but its documentation does not mention. It was tested with
mlflow 3.17.2; a version that does not understand it shows its plain table of runs.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rmsprop_lab.tracking.charts import bars, images, lines, parallel, scatter, section
from rmsprop_lab.tracking.content import LOG10_STEP_SIZE, curve_name, metric_word

BEST_TAG = "best"
"""Tag of runs. `true`: the best of each optimizer on each objective; `untuned`: the optimizer as configured, from the
same starts."""

RANK_TAG = "rank"
"""Tag of the best runs: the rank of their optimizer in the verdict, padded so that text sorts like numbers."""

REPORT_PHASE = "report"
"""Phase, and run key, of the run that holds the study's report; no view shows it."""

DEFAULT_VIEW = "best"
_RANK = f"tags.`{RANK_TAG}`"
_BEST = f"tags.`{BEST_TAG}` = 'true'"
_RUNS = f"tags.`phase` != '{REPORT_PHASE}'"
_BEST_AND_UNTUNED = f"tags.`{BEST_TAG}` LIKE '%'"
_MOST_OBJECTIVES = 16  # with charts and views of their own
_MOST_LETTERS = 20_000  # of a tag
_RUN_NAME = "attributes.`Run Name`"
_BY_OPTIMIZER = {"aggregateFunction": "min", "groupByKeys": [{"mode": "param", "groupByData": "optimizer"}]}


@dataclass(frozen=True)
class Axis:
    """The `curve` that an objective's convergence chart shows, and the `limits` of its axis (None: automatic)."""

    curve: str
    limits: tuple[float, float] | None


@dataclass(frozen=True)
class View:
    """A saved view: the filter (`search`) and `order` of its runs; `grouped` shows one line for each optimizer."""

    name: str
    search: str
    order: str
    axes: Mapping[str, Axis]
    most_runs: int | None = None
    grouped: bool = False
    objective: str | None = None
    """The objective, if all runs are of one."""

    @property
    def known(self) -> bool:
        """Whether an objective's minimum is known, so that there are gaps to show."""
        return any(axis.curve != "value" for axis in self.axes.values()) or not self.axes

    @property
    def metrics(self) -> list[str]:
        """The metrics in columns, the score first."""
        gaps = ["mean_log10_gap", "log10_gap", "steps_to_1e-3"] if self.known else []
        values = ["mean_value", "value"] if any(axis.curve == "value" for axis in self.axes.values()) else []
        return [*gaps, *values, "diverged"]

    @property
    def title(self) -> str:
        """The view's name in MLflow."""
        return self.name if self.objective is None else f"{self.objective}: {self.name.lower()}"


def view_link(experiment_id: str, view: str = DEFAULT_VIEW) -> str:
    """The link to a view, relative to the server's address."""
    return f"#/experiments/{experiment_id}/runs?viewStateShareKey={view}&compareRunsMode=CHART"


def views(axes: Mapping[str, Axis], optimizers: Sequence[str], ranked: bool = False) -> dict[str, View]:
    """A study's saved views by key.

    `best`, `all` and `optimizers` for one objective. For several `best`, `all`, and for each of them
    `best-<objective>`, `all-<objective>` and `optimizers-<objective>`, as MLflow's page fetches only a hundred runs.
    `axes`: by objective. `ranked`: whether the best runs have ranks, which then order them.
    """
    count = len(optimizers)
    if len(axes) == 1:
        (objective,) = axes
        return _of_one(objective, axes, count, "", ranked)
    found = {
        # Without the untuned: ten pictures are shown, and twenty lines a chart.
        "best": View("Best of each optimizer", _BEST, "params.`objective`", axes, count * len(axes)),
        "all": View("All runs, a hundred at a time", _RUNS, _order(axes), axes),
    }
    for name in list(axes)[:_MOST_OBJECTIVES]:
        only = f"params.`objective` = {_quoted(name)}"
        of_one = _of_one(name, {name: axes[name]}, count, only, ranked)
        found |= {f"{key}-{metric_word(name)}": view for key, view in of_one.items()}
    return found


def _quoted(text: str) -> str:
    """Text in a filter of MLflow, which knows no escapes: a folder of an earlier version may have any name."""
    return f'"{text.replace(chr(34), chr(39))}"' if "'" in text else f"'{text}'"


def _of_one(objective: str, axes: Mapping[str, Axis], count: int, only: str, ranked: bool) -> dict[str, View]:
    """The views on one objective, with the filter `only` if it is not the only one."""
    best, order = " and ".join(filter(None, [_BEST_AND_UNTUNED, only])), _order(axes)
    only = only or _RUNS
    return {
        "best": View("Best of each optimizer", best, _RANK if ranked else order, axes, 2 * count, objective=objective),
        "all": View("All runs", only, order, axes, objective=objective),
        "optimizers": View("Best of all settings at each step", only, order, axes, grouped=True, objective=objective),
    }


def _order(axes: Mapping[str, Axis]) -> str:
    """The score of the runs, by which MLflow orders them."""
    values = axes and all(axis.curve == "value" for axis in axes.values())
    return f"metrics.`final/{'mean_value' if values else 'mean_log10_gap'}`"


def view_tags(found: Mapping[str, View], shown: Sequence[str], optimizers: Sequence[str]) -> dict[str, str]:
    """The experiment tags that hold the `views`; `shown`: the hyperparameters in columns and charts."""
    return {f"mlflow.sharedViewState.{key}": _fitting_tag(view, shown, optimizers) for key, view in found.items()}


def _fitting_tag(view: View, shown: Sequence[str], optimizers: Sequence[str]) -> str:
    """The tag of a view; with long names, of the first objectives alone."""
    tag, axes = _tag(view, shown, optimizers), list(view.axes.items())
    while len(tag) >= _MOST_LETTERS and len(axes) > 1:
        axes = axes[: min(len(axes), _MOST_OBJECTIVES) - 1]
        tag = _tag(replace(view, axes=dict(axes)), shown, optimizers)
    return tag


def _tag(view: View, shown: Sequence[str], optimizers: Sequence[str]) -> str:
    state = _compact(_state(view, shown, optimizers))
    return _compact({"name": view.title, "createdAt": 0, "updatedAt": 0, "state": state})


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _state(view: View, shown: Sequence[str], optimizers: Sequence[str]) -> dict[str, Any]:
    """The state of MLflow's page: columns, order, charts."""
    charts = list(_charts(view, shown))
    for index, chart in enumerate(charts):
        chart["uuid"] = f"chart-{index}"
    columns = {f"params.`{name}`": 110 for name in ("objective", "optimizer", *shown)}
    columns |= {f"metrics.`final/{name}`": 150 for name in view.metrics}
    columns |= {f"tags.`{name}`": 90 for name in (RANK_TAG, "outcome", "regime", "phase")}
    return {
        "searchFilter": view.search,
        "orderByKey": view.order,
        "orderByAsc": True,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": list(columns),
        "columnOrder": [_RUN_NAME, *columns],
        "columnWidths": {_RUN_NAME: 260, **columns},
        "runsHiddenMode": "SHOW_ALL",
        "compareRunCharts": charts,
        "compareRunSections": list(_sections(view)),
        "viewMaximized": False,
        "runListHidden": False,
        "isAccordionReordered": True,
        "useGroupedValuesInCharts": True,
        "hideEmptyCharts": True,
        "groupBy": _BY_OPTIMIZER if view.grouped else None,
        "groupsExpanded": {f"param.optimizer.{name}": False for name in optimizers},
        "globalLineChartConfig": {"xAxisKey": "step", "lineSmoothness": 0, "selectedXAxisMetricKey": ""},
    }


def _charts(view: View, shown: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name, axis in list(view.axes.items())[:_MOST_OBJECTIVES]:
        title = f"{name}: log₁₀ gap" if axis.curve == "log10_gap" else f"{name}: {axis.curve}"
        yield lines("convergence", title, curve_name(name, axis.curve), axis.limits)
    if view.grouped:  # one number for several objectives would mean nothing
        return
    yield images("paths", "contour")
    if view.known:
        yield bars("steps", "final/steps_to_1e-3")
    others = [name for name in shown if name != "step_size"]
    score = f"final/{view.metrics[0]}"  # finite for every run, also for one that diverged
    yield parallel("hyperparameters", ["objective", "optimizer", *others], [LOG10_STEP_SIZE, score])
    yield scatter("hyperparameters", LOG10_STEP_SIZE, score)


def _sections(view: View) -> Iterator[dict[str, Any]]:
    """The open sections, then closed ones for the metrics that MLflow would add by itself, one for each prefix."""
    columns = 1 if len(view.axes) == 1 else 2
    if view.grouped:
        yield section("convergence", "Best of all settings at each step, up to the worst", columns, height=360)
    else:
        rows = -(-min(view.most_runs or 10, 10) // 3)  # of the image grid, on a page of usual width
        yield section("convergence", "Convergence, medians over starts", columns, height=360)
        yield section("paths", "Paths, the median one bold", columns=1, height=140 + 310 * rows)
        if view.known:
            yield section("steps", "Steps until 1/1000 of the gap is left", columns=1, height=320)
        yield section("hyperparameters", "Hyperparameters", columns=2, height=400)
    for name in list(view.axes)[:_MOST_OBJECTIVES]:
        yield section(f"curve-{name}", curve_name(name, "").rstrip("/"), columns=3, height=360, opened=False)
    for name in ("final", "log10"):
        yield section(name, name, columns=3, height=360, opened=False)
