"""Looks up the scores of runs among their measures."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_lab.base import Array
from rmsprop_lab.evaluation.measures import MEANS


def scores_of(columns: Mapping[str, ArrayLike], score: str) -> Array:
    """The score of each run: lower is better.

    Args:
        columns: Columns of `runs.parquet`, `(runs,)`: `outcome`, and that of the score.
        score: One of `rmsprop_lab.plan.scores.SCORES`.

    Returns:
        One score per run, `(runs,)`; +inf for a run that failed. It is finite for a run that diverged.

    >>> scores_of({"outcome": ["ok", "failed"], "mean_log10_gap": [-3.5, np.nan]}, "mean_log10_gap").tolist()
    [-3.5, inf]
    """
    chosen = np.asarray(columns[MEANS[score]], dtype=np.float64)
    return np.where(np.asarray(columns["outcome"]) == "failed", np.inf, chosen)
