"""Ranks the trials of a search, and the optimizers on each objective by the runs of their winners."""

import numpy as np
import pandas as pd

from rmsprop_lab.evaluation.measures import MEANS
from rmsprop_lab.evaluation.scored import scores_of

TIE_BREAKERS = ("steps_to_1e-7", "steps_to_1e-3", "steps_to_1e-1", "final_value")
LABELS = ["objective", "optimizer"]
PROBLEM = ("dim", "n_iter", "starts", "start_seed")
"""The columns that distinguish the problems on one objective within a study."""


def ordered(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Joins trials with their runs and sorts them, the best first.

    The lowest score comes first. Ties are broken by `TIE_BREAKERS` (steps to the smallest target, then to larger ones,
    then the final value), and last by the trial's number.

    Args:
        trials: Rows of `trials.parquet`.
        runs: Rows of `runs.parquet`, at least those that the trials name.

    Returns:
        One row per trial, with the columns of both tables.
    """
    merged = trials.merge(runs.drop(columns=LABELS), on="run_key", validate="many_to_one")
    return merged.sort_values(["score", *TIE_BREAKERS, "trial"], kind="stable", ignore_index=True)


def rescored(trials: pd.DataFrame, runs: pd.DataFrame, score: str | None) -> pd.DataFrame:
    """The trials with the score of their runs by one name: those of a folder may have been scored in several ways.

    Args:
        trials: Rows of `trials.parquet`.
        runs: Rows of `runs.parquet`, at least those that the trials name.
        score: One of `rmsprop_lab.plan.scores.SCORES`; None for the default of each objective.
    """
    columns = {name: runs[name].to_numpy() for name in ("outcome", *MEANS.values())}
    if score is None:
        scores = np.fmin(scores_of(columns, "mean_log10_gap"), scores_of(columns, "mean_value"))
    else:
        scores = scores_of(columns, score)
    by_key = pd.Series(np.where(np.isnan(scores), np.inf, scores), index=runs["run_key"])
    return trials.assign(score=trials["run_key"].map(by_key))


def best_keys(trials: pd.DataFrame, runs: pd.DataFrame, score: str | None) -> tuple[set[str], set[str]]:
    """The best run of each optimizer on each problem in the first repeat, and the untuned runs to compare them with.

    If winners were evaluated on fresh starts, those evaluations are the best runs.

    Args:
        trials: All rows of a study's `trials.parquet`.
        runs: All rows of its `runs.parquet`.
        score: The score to compare by; None for the default of each objective.

    Returns:
        Two sets of run keys: the best runs, and the optimizers as configured on the same fresh starts.
    """
    trials = rescored(trials[trials["repeat"] == 0], runs, score)
    evaluated = trials[trials["phase"] == "evaluate"]
    shown = trials.set_index(LABELS).index.isin(evaluated.set_index(LABELS).index)
    best = ordered(trials[~shown], runs)
    groups = [*LABELS, *PROBLEM]
    keys = set(best.groupby(groups, sort=False, dropna=False).head(1)["run_key"])
    again = ordered(evaluated, runs).groupby([*groups, "regime"], sort=False, dropna=False).head(1)
    untuned = set(again.loc[again["regime"] == "default", "run_key"])
    best_again = set(again.loc[again["regime"] != "default", "run_key"])
    return keys | best_again, untuned - best_again


def first_uses(trials: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Maps each run key to the phase and regime of its first trial, which become MLflow tags."""
    first = trials.drop_duplicates("run_key")
    return {key: (phase, regime) for key, phase, regime in first[["run_key", "phase", "regime"]].to_numpy()}


def best_trials(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """The best trial of each optimizer on each objective, as the `winners` that `best_runs` takes.

    It stands in for the winners of the searches when no recorded study tells which trials belong to which search.
    """
    order = ordered(rescored(trials, runs, None), runs)
    groups = order.groupby(LABELS, sort=False)
    counts = groups["outcome"].agg(trials="size", trials_diverged=lambda outcomes: (outcomes != "ok").sum())
    best = groups.head(1)[[*LABELS, "trial", "run_key", "score"]].join(counts, on=LABELS)
    known = best["run_key"].isin(runs.loc[runs["mean_log10_gap"].notna(), "run_key"])
    names = np.where(known, "mean_log10_gap", "mean_value")
    return best.assign(score_name=names, default_score=np.nan, default_key=None, edges="", repeat=0)


def best_runs(winners: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Ranks the optimizers on each objective: one row for each pair, with the columns of its run.

    Args:
        winners: One row per search: `objective`, `optimizer`, `trial`, and the `run_key` and `score` to rank by.
        runs: Rows of `runs.parquet`, at least those that the winners name.

    Returns:
        A table with the columns of both, sorted by objective and rank, and these: `rank`, from 1 on each objective in
        the order of `ordered`, equal for ties; `repeats`, the number of searches. If a search was repeated, the row is
        that of the median winner, and `score_low` and `score_high` are the scores of the best and the worst.
    """
    merged = ordered(winners, runs)
    groups = merged.groupby(LABELS, sort=False)
    middle = (groups["score"].transform("size") + 1) // 2 - 1
    best = merged[groups.cumcount() == middle].copy()
    spread = groups["score"].agg(score_low="min", score_high="max", repeats="size")
    best = best.join(spread, on=LABELS)
    position = {name: index for index, name in enumerate(dict.fromkeys(winners["objective"]))}
    best = best.iloc[best["objective"].map(position).argsort(kind="stable")].reset_index(drop=True)
    best["rank"] = best.groupby("objective", sort=False).cumcount() + 1
    tied = ["objective", "score", *TIE_BREAKERS]
    best["rank"] = best.groupby(tied, sort=False, dropna=False)["rank"].transform("min")
    return best


def mean_ranks(best: pd.DataFrame) -> pd.Series:
    """The mean rank of each optimizer over the objectives, best first; NaN, last, if it was lost on one of them."""
    ranks = best["rank"].where(best["outcome"] == "ok")
    means = ranks.groupby(best["optimizer"], sort=False).agg(lambda of_one: of_one.mean(skipna=False))
    return means.sort_values(kind="stable")
