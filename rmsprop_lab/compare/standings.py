"""The ranking with all that stands beside it: one row per objective and optimizer."""

import numpy as np
import pandas as pd

from rmsprop_lab.compare.judged import REPEAT
from rmsprop_lab.compare.repeats import as_array, names_in
from rmsprop_lab.compare.student import Student
from rmsprop_lab.compare.success import TARGET, success_table, target_in_words
from rmsprop_lab.compare.trial_order import LABELS

COLUMNS = [
    *("objective", "optimizer", "rank", "score", "score_low", "score_high", "starts", "starts_lost"),
    *("success", "success_low", "success_high", "success_target", "ert", "final_gap", "best_gap"),
    *("repeats", "trials", "trials_lost", "run_key"),
]


def ranking_table(
    scores: pd.DataFrame,
    starts: pd.DataFrame,
    ranks: pd.DataFrame,
    trials: pd.DataFrame,
    runs: pd.DataFrame,
    target: str | float = TARGET,
) -> pd.DataFrame:
    """Joins ranks, scores, success and settings: `tables/ranking.csv`.

    Args:
        scores: The table of `repeat_scores`.
        starts: The table of `start_rows`.
        ranks: The table of `ranks_of`.
        trials: Rows of `trials.parquet`, or of winners.
        runs: Rows of `runs.parquet`, with a column for each hyperparameter, as `StudyFolder.runs` and `load` give them.
        target: What a start succeeds with, see `success_table`.

    Returns:
        One row per objective and optimizer, sorted by objective, rank and score: `COLUMNS`, then the hyperparameters.
        `score` is the mean over the repeats, with Student's 95 % interval. All counts are over all repeats.
        `final_gap`, `best_gap`, `run_key` and the hyperparameters are those of the repeat with the (lower) median
        score.

    >>> labels = {"objective": "bowl", "optimizer": "gd"}
    >>> scores = pd.DataFrame({**labels, "repeat": range(3), "run_key": ["a", "b", "c"], "score": [-3.0, -5.0, -1.0]})
    >>> starts = scores.assign(outcome="ok", evaluations=9, n_iter=9, **{"steps_to_1e-3": [4.0, 3.0, np.inf]})
    >>> columns = {"step_size": [0.1, 0.2, 0.3], "n_iter": 9, "final_gap": 0.5, "best_gap": 0.5}
    >>> runs = scores[["run_key", "optimizer"]].assign(**columns)
    >>> table = ranking_table(scores, starts, pd.DataFrame([{**labels, "rank": 1}]), scores, runs)
    >>> table[["rank", "score", "success", "ert", "run_key", "step_size"]].round(3).to_dict("records")
    [{'rank': 1, 'score': -3.0, 'success': 0.667, 'ert': 8.0, 'run_key': 'a', 'step_size': 0.1}]
    """
    table = _means(scores).merge(ranks, on=LABELS, how="left")
    table = table.merge(success_table(starts, target), on=LABELS, how="left")
    table[["starts", "starts_lost"]] = table[["starts", "starts_lost"]].fillna(0).astype("int64")
    table["success_target"] = target_in_words(target)
    table = table.merge(_trial_counts(scores, trials, runs), on=LABELS, how="left")
    table = table.merge(_median_repeats(scores), on=LABELS)
    shown = runs.drop_duplicates("run_key").set_index("run_key")
    table = table.merge(shown[["final_gap", "best_gap"]], left_on="run_key", right_index=True)
    place = {name: index for index, name in enumerate(names_in(scores, "objective"))}
    table = table.assign(place=table["objective"].map(place))
    table = table.sort_values(["place", "rank", "score"], kind="stable", na_position="last", ignore_index=True)
    settings = shown.loc[table["run_key"], hyperparameter_names(runs)].dropna(axis="columns", how="all")
    return pd.concat([table[COLUMNS], settings.reset_index(drop=True)], axis="columns")


def hyperparameter_names(runs: pd.DataFrame) -> list[str]:
    """The columns of hyperparameters, which `load` puts between `optimizer` and `n_iter`.

    >>> hyperparameter_names(pd.DataFrame(columns=["run_key", "optimizer", "step_size", "rho", "n_iter", "starts"]))
    ['step_size', 'rho']
    """
    columns = list(runs.columns)
    return columns[columns.index("optimizer") + 1 : columns.index("n_iter")]


def _means(scores: pd.DataFrame) -> pd.DataFrame:
    """The mean score of each optimizer on each objective, and its interval; +inf if it failed in a repeat."""
    labels = scores[LABELS].drop_duplicates(ignore_index=True)
    rows = pd.MultiIndex.from_frame(scores[LABELS])
    repeats = sorted(scores["repeat"].unique())
    table = scores.assign(row=pd.MultiIndex.from_frame(labels).get_indexer(rows))
    values = as_array(table, scores["score"].to_numpy(float), (range(len(labels)), repeats), ("row", "repeat"))
    failed = np.isposinf(values).any(axis=1)
    values[failed] = np.nan
    t = Student.of(values)
    low, high = t.interval()
    counts = np.bincount(table["row"], minlength=len(labels))
    return labels.assign(score=np.where(failed, np.inf, t.mean), score_low=low, score_high=high, repeats=counts)


def _median_repeats(scores: pd.DataFrame) -> pd.DataFrame:
    """The run of the repeat with the lower median score; of equal ones that of the first."""
    ordered = scores.sort_values([*LABELS, "score", "repeat"], kind="stable")
    groups = ordered.groupby(LABELS, sort=False)
    middle = (groups["score"].transform("size") + 1) // 2 - 1
    return ordered.loc[groups.cumcount() == middle, [*LABELS, "run_key"]]


def _trial_counts(scores: pd.DataFrame, trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """The trials of the searches behind the scores, and how many of them diverged or failed."""
    if "phase" in trials:
        searched = trials[(trials["phase"] == "search") & (trials["regime"] != "default")]
        outcome = searched["run_key"].map(runs.drop_duplicates("run_key").set_index("run_key")["outcome"])
        counted = searched[REPEAT].assign(trials=1, trials_lost=outcome.isin(["diverged", "failed"]).astype(int))
    elif {"trials", "trials_diverged"} <= set(trials.columns):
        counted = trials[[*REPEAT, "trials", "trials_diverged"]].rename(columns={"trials_diverged": "trials_lost"})
    else:
        counted = scores[REPEAT].assign(trials=np.nan, trials_lost=np.nan)
    judged = scores[REPEAT].merge(counted, on=REPEAT)
    return judged.groupby(LABELS, sort=False)[["trials", "trials_lost"]].sum(min_count=1).astype("Int64").reset_index()
