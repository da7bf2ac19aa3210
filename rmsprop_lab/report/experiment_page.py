"""Chooses the columns of an experiment's page in MLflow, and the axes of its convergence charts."""

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from rmsprop_lab.base import given_fields, tuned_fields
from rmsprop_lab.evaluation.gaps import log10_gap
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.page import Axis


def columns_of(study: Study, names: Iterable[str]) -> list[str]:
    """The hyperparameters among `names` to show: not those of this study's optimizers that are never tuned."""
    given = {name for optimizer in study.optimizers.values() for name in given_fields(optimizer)}
    tuned = {name for optimizer in study.optimizers.values() for name in tuned_fields(optimizer)}
    return [name for name in names if name in tuned or name not in given]


def convergence_axes(folder: StudyFolder, runs: pd.DataFrame) -> dict[str, Axis]:
    """The y axis of each objective's convergence chart: log10 of the gap, or the value if no minimum is known.

    It reaches from the best result of any run up to the start, so that a diverging run leaves the chart at the top
    instead of flattening the others.

    Args:
        folder: The study's folder.
        runs: All its runs.
    """
    done = runs[runs["outcome"] != "failed"]
    return {name: _axis(folder, done[done["objective"] == name]) for name in runs["objective"].unique()}


def _axis(folder: StudyFolder, runs: pd.DataFrame) -> Axis:
    if runs.empty:
        return Axis("value", None)
    row = runs.sort_values(["final_gap", "final_value"]).iloc[0]
    first = float(np.median(folder.trace_of([row["run_key"]])[row["run_key"]].values[0]))
    if pd.isna(row["final_gap"]):
        return Axis("value", _padded(float(runs["final_value"].min()), first))
    if not math.isfinite(row["final_gap"]):
        return Axis("log10_gap", None)  # every run diverged
    first_gap = max(first - row["final_value"] + row["final_gap"], row["gap_floor"])
    low, high = log10_gap(runs["best_gap"].min()), log10_gap(first_gap)
    return Axis("log10_gap", _padded(float(low), float(high)))


def _padded(low: float, high: float) -> tuple[float, float] | None:
    """The limits with a margin of 5 %; None, which lets MLflow choose them, if they are not finite or not ascending."""
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return None
    margin = 0.05 * (high - low)
    return low - margin, high + margin
