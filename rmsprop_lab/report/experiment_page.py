"""What the convergence charts of a study's objectives show, from where to where."""

import math

import numpy as np
import pandas as pd

from rmsprop_lab.evaluation.measures import log10_gap
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.page import Axis


def convergence_axes(folder: StudyFolder, runs: pd.DataFrame) -> dict[str, Axis]:
    """For each objective of the study: log10 of the gap, or the value where no minimum is known, from the best that
    any run reached up to the start. What diverges leaves the chart at the top instead of flattening the others."""
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
        return Axis("log10_gap", None)  # all is lost
    low, high = log10_gap(runs["best_gap"].min()), log10_gap(first - (row["final_value"] - row["final_gap"]))
    return Axis("log10_gap", _padded(float(low), float(high)))


def _padded(low: float, high: float) -> tuple[float, float] | None:
    """None, which leaves the axis to MLflow, where there is nothing between the two."""
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return None
    margin = 0.05 * (high - low)
    return low - margin, high + margin
