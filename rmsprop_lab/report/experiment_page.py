"""Chooses the columns of an experiment's page in MLflow, and the axes of its convergence charts."""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from rmsprop_lab.base import given_fields, tuned_fields
from rmsprop_lab.evaluation.gaps import log10_gap
from rmsprop_lab.evaluation.measures import MEANS
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.page import MOST_SHOWN, Axis


def columns_of(study: Study, names: Iterable[str]) -> list[str]:
    """The hyperparameters among `names` to show: not those of this study's optimizers that are never tuned."""
    given = {name for optimizer in study.optimizers.values() for name in given_fields(optimizer)}
    tuned = {name for optimizer in study.optimizers.values() for name in tuned_fields(optimizer)}
    return [name for name in names if name in tuned or name not in given]


def chart_axes(study: Study, folder: StudyFolder, runs: pd.DataFrame) -> dict[str, Axis]:
    """What charts show of each objective: log10 of the gap, or the value if no minimum is known, and the score.

    The y axis reaches from the best result of any run up to the start, so that a diverging run leaves the chart at the
    top instead of flattening the others.

    Args:
        study: The study; objectives of earlier commands have their default scores.
        folder: The study's folder.
        runs: All its runs.
    """
    done = runs[runs["outcome"] != "failed"]
    found = {}
    for name in runs["objective"].unique():
        mine = done[done["objective"] == name]
        named = study.score_on(name) if name in study.objectives else ""
        curve, limits = _axis(folder, mine)
        score = MEANS[named or ("mean_value" if curve == "value" else "mean_log10_gap")]
        found[name] = Axis(curve, limits, score, len(mine))
    return found


def planned_axes(study: Study) -> dict[str, Axis]:
    """The same as `chart_axes` before there are runs."""
    minima = {name: objective.minimum for name, objective in study.objectives.items()}
    curves = {name: "value" if minimum is None else "log10_gap" for name, minimum in minima.items()}
    return {name: Axis(curve, None, MEANS[study.score_on(name)]) for name, curve in curves.items()}


def sampled(axes: Mapping[str, Axis], runs: pd.DataFrame) -> list[str]:
    """The keys of the runs that views on objectives with many show: the best, the worst, and evenly between them."""
    found: list[str] = []
    for name, axis in axes.items():
        if axis.is_sampled:
            done = runs[(runs["objective"] == name) & (runs["outcome"] != "failed")]
            order = done.sort_values([axis.score, "run_key"])["run_key"]
            found += order.iloc[np.linspace(0, len(order) - 1, MOST_SHOWN).round().astype(int)].tolist()
    return found


def _axis(folder: StudyFolder, runs: pd.DataFrame) -> tuple[str, tuple[float, float] | None]:
    """The curve of a convergence chart, and the limits of its axis."""
    if runs.empty:
        return "value", None
    row = runs.sort_values(["final_gap", "final_value"]).iloc[0]
    first = float(np.median(folder.trace_of([row["run_key"]])[row["run_key"]].values[0]))
    if pd.isna(row["final_gap"]):
        return "value", _padded(float(runs["final_value"].min()), first)
    if not math.isfinite(row["final_gap"]):
        return "log10_gap", None  # every run diverged
    first_gap = max(first - row["final_value"] + row["final_gap"], row["gap_floor"])
    low, high = log10_gap(runs["best_gap"].min()), log10_gap(first_gap)
    return "log10_gap", _padded(float(low), float(high))


def _padded(low: float, high: float) -> tuple[float, float] | None:
    """The limits with a margin of 5 %; None, which lets MLflow choose them, if they are not finite or not ascending."""
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return None
    margin = 0.05 * (high - low)
    return low - margin, high + margin
