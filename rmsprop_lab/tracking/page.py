"""The saved views of a study's experiment: which runs they show, in which order, and what their charts show of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rmsprop_lab.tracking.content import ORDER_METRIC, metric_word

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
MOST_OBJECTIVES = 16
"""Objectives with charts and views of their own."""


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
    def has_settings(self) -> bool:
        """Whether its runs have settings of their own, which charts can show."""
        return True

    @property
    def pictures(self) -> str:
        """What the pictures of its runs show."""
        return "Paths, the median one bold"

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
    `best-<objective>`, `all-<objective>` and `optimizers-<objective>`. MLflow's page fetches only a hundred runs: of
    more there is no view that needs all of them.

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
    best = View("Overview", _SUMMARIES, f"metrics.`{ORDER_METRIC}`", axes, count, pictured=True, last_step=n_iter)
    if n_iter is None:
        best = View("Best of each optimizer", _BEST, "params.`objective`", axes, count * len(axes))
    found = {"best": best}
    if sum(axis.runs for axis in axes.values()) <= MOST_SHOWN:
        found["all"] = View("All runs", OWN_RUNS, _order(axes), axes)
    for name in list(axes)[:MOST_OBJECTIVES]:
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
    found = {
        "best": View("Best of each optimizer", best, first, axes, 2 * count, objective=objective, pictured=True),
        "all": View(name, every, order, axes, objective=objective),
    }
    if not axis.is_sampled:  # of some runs it would be the best of some settings
        told = "Best of all settings at each step"
        found["optimizers"] = View(told, only or OWN_RUNS, order, axes, grouped=True, objective=objective)
    return found


def _order(axes: Mapping[str, Axis]) -> str:
    """The score of the runs, by which MLflow orders them."""
    return f"metrics.`final/{next((axis.score for axis in axes.values()), 'mean_log10_gap')}`"
