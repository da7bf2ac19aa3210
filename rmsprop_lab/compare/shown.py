"""What is shown of a verdict: its ranking with the runs behind it, and the repeat that pictures show."""

import numpy as np
import pandas as pd

from rmsprop_lab.compare.repeats import as_array, names_in
from rmsprop_lab.compare.trial_order import LABELS

_OF_RUN = ["outcome", "final_value", "gap_floor"]
_OF_WINNER = ["cell", "score_name", "edges"]


def shown_table(ranking: pd.DataFrame, winners: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """The ranking with what stands beside it in the terminal, in notes and in notebooks.

    Args:
        ranking: The table of `ranking_table`.
        winners: One row per search, see `Winner.row`.
        runs: Rows of `runs.parquet`, at least those of the ranking.

    Returns:
        The rows of `ranking` with columns of its run (the repeat with the median score), of the winner whose run that
        is, and `untuned`: the mean score, over the repeats, of the optimizer as configured; NaN without an evaluation.
    """
    untuned = winners.groupby(LABELS, sort=False)["default_score"].mean().rename("untuned")
    winner = winners.drop_duplicates([*LABELS, "run_key"])[[*LABELS, "run_key", *_OF_WINNER]]
    run = runs.drop_duplicates("run_key")[["run_key", *_OF_RUN]]
    table = ranking.merge(winner, on=[*LABELS, "run_key"], how="left", validate="one_to_one")
    return table.merge(run, on="run_key", how="left").join(untuned, on=LABELS)


def typical_repeats(scores: pd.DataFrame) -> dict[str, int]:
    """The repeat of each objective whose scores lie nearest to the optimizers' medians: the one that pictures show.

    All optimizers of a repeat begin at the same starts; those of their median repeats do not.

    Args:
        scores: The table of `repeat_scores`.

    Returns:
        The repeat with the least sum, over the optimizers, of |score - median|, by objective; of equals the first. A
        repeat in which an optimizer failed comes last.

    >>> rows = [("gd", 0, -1.0), ("gd", 1, -2.0), ("gd", 2, -6.0)]
    >>> scores = pd.DataFrame(rows, columns=["optimizer", "repeat", "score"])
    >>> typical_repeats(scores.assign(objective="bowl"))
    {'bowl': 1}
    """
    axes = (names_in(scores, "objective"), names_in(scores, "optimizer"), sorted(scores["repeat"].unique()))
    values = as_array(scores, scores["score"].to_numpy(float), axes, ("objective", "optimizer", "repeat"))
    with np.errstate(invalid="ignore"):
        ordered = np.sort(values, axis=-1)  # NaN, of a repeat that an optimizer lacks, comes last
        counts = np.count_nonzero(~np.isnan(values), axis=-1)
        middle = np.take_along_axis(ordered, np.maximum(counts - 1, 0)[..., None] // 2, axis=-1)
        far = np.abs(values - middle)
    away = np.where(np.isnan(far), np.inf, far).sum(axis=1)
    return {name: int(axes[2][index]) for name, index in zip(axes[0], away.argmin(axis=-1), strict=True)}
