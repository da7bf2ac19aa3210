"""The experiment's page: saved views that open as the comparison.

A saved view is an experiment tag that MLflow's UI reads but its documentation does not mention. It was tested with
mlflow 3.17.2; a version that does not understand it shows its plain table of runs.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rmsprop_lab.tracking.charts import bars, images, lines, parallel, scatter, section
from rmsprop_lab.tracking.content import LOG10_STEP_SIZE, curve_name, metric_word, rank_metric, score_metric

BEST_TAG = "best"
"""Tag of runs. `true`: the best of each optimizer on each objective; `untuned`: the optimizer as configured, from the
same starts."""

RANK_TAG = "rank"
"""Tag of the best runs: the rank of their optimizer in the verdict, padded so that text sorts like numbers, or
`UNTUNED`, which comes after them."""

UNTUNED = "untuned"

SAMPLE_TAG = "sample"
"""Tag of runs of objectives that have more than `MOST_SHOWN`: some of them, evenly over the scores."""

REPORT_PHASE = "report"
"""Phase, and run key, of the run that holds the study's report; no view shows it."""

SUMMARY_PHASE = "summary"
"""Phase of the runs that sum the study up, one for each optimizer; only the overview shows them."""

OWN_RUNS = f"tags.`phase` != '{REPORT_PHASE}' and tags.`phase` != '{SUMMARY_PHASE}'"
"""MLflow's filter for the study's own runs."""

DEFAULT_VIEW = "best"
MOST_SHOWN = 100
"""Runs that MLflow's page fetches at a time."""
_RANK = f"tags.`{RANK_TAG}`"
_BEST = f"tags.`{BEST_TAG}` = 'true'"
_SUMMARIES = f"tags.`phase` = '{SUMMARY_PHASE}'"
_SAMPLED = f"tags.`{SAMPLE_TAG}` = 'true'"
_BEST_AND_UNTUNED = f"tags.`{BEST_TAG}` LIKE '%'"
_MOST_OBJECTIVES = 16  # with charts and views of their own
_MOST_LETTERS = 20_000  # of a tag
_STEPS_TOLD = "Steps until 1/1000 of the gap is left; never counts as twice the iterations"
_RUN_NAME = "attributes.`Run Name`"
_BY_OPTIMIZER = {"aggregateFunction": "min", "groupByKeys": [{"mode": "param", "groupByData": "optimizer"}]}


@dataclass(frozen=True)
class Axis:
    """What charts show of an objective.

    Args:
        curve: The curve of its convergence chart.
        limits: The limits of that chart's axis; None for automatic ones.
        score: The measure that its runs are ranked by, below `final/`.
        runs: Number of its runs.
    """

    curve: str
    limits: tuple[float, float] | None
    score: str = "mean_log10_gap"
    runs: int = 0

    @property
    def is_sampled(self) -> bool:
        """Whether it has more runs than are shown."""
        return self.runs > MOST_SHOWN


@dataclass(frozen=True)
class View:
    """A saved view.

    Args:
        name: Its name, without the objective.
        search: The filter of its runs.
        order: What they are ordered by.
        axes: What its charts show, by objective.
        most_runs: The most runs that it can have; None if there is no bound.
        grouped: Whether it shows one line for each optimizer.
        objective: The objective, if all runs are of one.
        pictured: Whether pictures come first: MLflow shows ten, in the reverse of the order, and without its list of
            runs three beside each other.
        last_step: The step whose pictures are shown, of runs that have several; None for the only picture of a run.
    """

    name: str
    search: str
    order: str
    axes: Mapping[str, Axis]
    most_runs: int | None = None
    grouped: bool = False
    objective: str | None = None
    pictured: bool = False
    last_step: int | None = None

    @property
    def is_overview(self) -> bool:
        """Whether its runs are those that sum the study up."""
        return self.last_step is not None

    @property
    def known(self) -> bool:
        """Whether an objective's minimum is known, so that there are gaps to show."""
        return any(axis.curve != "value" for axis in self.axes.values()) or not self.axes

    @property
    def metrics(self) -> list[str]:
        """The measures in columns, the scores first."""
        scores = dict.fromkeys(axis.score for axis in self.axes.values()) or {"mean_log10_gap": None}
        gaps = ["log10_gap", "steps_to_1e-3"] if self.known else []
        values = ["value"] if any(axis.curve == "value" for axis in self.axes.values()) else []
        return [*scores, *gaps, *values, "diverged"]

    @property
    def title(self) -> str:
        """The view's name in MLflow."""
        return self.name if self.objective is None else f"{self.objective}: {self.name.lower()}"


def view_link(experiment_id: str, view: str = DEFAULT_VIEW) -> str:
    """The link to a view, relative to the server's address."""
    return f"#/experiments/{experiment_id}/runs?viewStateShareKey={view}&compareRunsMode=CHART"


def views(
    axes: Mapping[str, Axis], optimizers: Sequence[str], ranked: bool = False, n_iter: int | None = None
) -> dict[str, View]:
    """A study's saved views by key.

    `best`, `all` and `optimizers` for one objective. For several `best`, the overview; `all`; and for each of them
    `best-<objective>`, `all-<objective>` and `optimizers-<objective>`, as MLflow's page fetches only a hundred runs.

    Args:
        axes: What charts show, by objective.
        optimizers: All optimizers.
        ranked: Whether the best runs have ranks, which then order them.
        n_iter: The iterations of the runs that the overview shows; None if nothing is judged, and there is none.
    """
    count = len(optimizers)
    if len(axes) == 1:
        (objective,) = axes
        return _of_one(objective, axes, count, "", ranked)
    best = View("Overview", _SUMMARIES, "metrics.`mean_rank`", axes, count, pictured=True, last_step=n_iter)
    if n_iter is None:
        best = View("Best of each optimizer", _BEST, "params.`objective`", axes, count * len(axes))
    found = {
        "best": best,
        "all": View("All runs, a hundred at a time", OWN_RUNS, _order(axes), axes),
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
    axis, order = axes[objective], _order(axes)
    best = " and ".join(filter(None, [_BEST_AND_UNTUNED, only]))
    first = _RANK if ranked else order
    every = " and ".join(filter(None, [only or OWN_RUNS, _SAMPLED if axis.is_sampled else ""]))
    name = f"{MOST_SHOWN} of {axis.runs:,} runs, evenly over the scores" if axis.is_sampled else "All runs"
    return {
        "best": View("Best of each optimizer", best, first, axes, 2 * count, objective=objective, pictured=True),
        "all": View(name, every, order, axes, objective=objective),
        "optimizers": View(
            "Best of all settings at each step", only or OWN_RUNS, order, axes, grouped=True, objective=objective
        ),
    }


def _order(axes: Mapping[str, Axis]) -> str:
    """The score of the runs, by which MLflow orders them."""
    return f"metrics.`final/{next((axis.score for axis in axes.values()), 'mean_log10_gap')}`"


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
    columns = _columns(view, shown)
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
        "compareRunSections": list(_sections(view)),
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
        measures = ["mean_rank", *(of(name) for name in view.axes for of in (rank_metric, score_metric))]
        return {"params.`optimizer`": 150, **{f"metrics.`{name}`": 150 for name in measures}}
    columns = {f"params.`{name}`": 110 for name in ("objective", "optimizer", *shown)}
    columns |= {f"metrics.`final/{name}`": 150 for name in view.metrics}
    return columns | {f"tags.`{name}`": 90 for name in (RANK_TAG, "outcome", "regime", "phase")}


def _charts(view: View, shown: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name, axis in list(view.axes.items())[:_MOST_OBJECTIVES]:
        title = f"{name}: log₁₀ gap" if axis.curve == "log10_gap" else f"{name}: {axis.curve}"
        yield lines("convergence", title, curve_name(name, axis.curve), axis.limits)
    if view.grouped:  # one number for several objectives would mean nothing
        return
    if view.last_step is not None:
        names = [metric_word(name) for name in list(view.axes)[:_MOST_OBJECTIVES]]
        yield images("paths", names, view.last_step)
        for name in list(view.axes)[:_MOST_OBJECTIVES]:
            yield bars("scores", score_metric(name))
        return
    yield images("paths", ["contour"])
    if view.known:
        yield bars("steps", "final/mean_steps_to_1e-3")
    others = [name for name in shown if name != "step_size"]
    score = f"final/{view.metrics[0]}"  # finite for every run, also for one that diverged
    yield parallel("hyperparameters", ["objective", "optimizer", *others], [LOG10_STEP_SIZE, score])
    yield scatter("hyperparameters", LOG10_STEP_SIZE, score)


def _sections(view: View) -> Iterator[dict[str, Any]]:
    """The open sections, then closed ones for the metrics that MLflow would add by itself, one for each prefix."""
    columns = 1 if len(view.axes) == 1 else 2
    if view.grouped:
        yield section("convergence", "Best of all settings at each step, up to the worst", columns, height=360)
    elif view.is_overview:
        pictures = "Each optimizer's paths on each objective, the median one bold"
        yield section("paths", pictures, columns=1, height=160 + 262 * min(len(view.axes), _MOST_OBJECTIVES))
        yield section("convergence", "Convergence, medians over starts", columns, height=360)
        yield section("scores", "Scores, the lower the better", columns, height=300)
    else:
        rows = -(-min(view.most_runs or 10, 10) // (4 if view.pictured else 3))  # of the image grid, at 1366 pixels
        yield section("convergence", "Convergence, medians over starts", columns, height=360)
        yield section("paths", "Paths, the median one bold", columns=1, height=150 + 285 * rows)
        if view.known:
            yield section("steps", _STEPS_TOLD, columns=1, height=320)
        yield section("hyperparameters", "Hyperparameters", columns=2, height=400)
    for name in list(view.axes)[:_MOST_OBJECTIVES]:
        yield section(f"curve-{name}", curve_name(name, "").rstrip("/"), columns=3, height=360, opened=False)
    for name in ("final", "log10"):
        yield section(name, name, columns=3, height=360, opened=False)
