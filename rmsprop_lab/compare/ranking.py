"""Who is best on which objective: the winner of each search, and the optimizers ranked by their winners."""

import pandas as pd

TIE_BREAKERS = ("steps_to_1e-7", "steps_to_1e-3", "steps_to_1e-1", "final_value")
LABELS = ["objective", "optimizer"]
PROBLEM = ("dim", "n_iter", "starts", "start_seed")
"""What tells problems on one objective apart within a study."""


def ordered(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Trials with their runs' columns, the best first.

    Lowest score first; equal scores are told apart by the steps to the smallest target, then by the larger ones,
    the final value, and the trial's number.
    """
    merged = trials.merge(runs.drop(columns=LABELS), on="run_key", validate="many_to_one")
    return merged.sort_values(["score", *TIE_BREAKERS, "trial"], kind="stable", ignore_index=True)


def best_keys(trials: pd.DataFrame, runs: pd.DataFrame) -> tuple[set[str], set[str]]:
    """The run keys of the best trial of each optimizer on each problem of a whole study, and of what stands beside it.

    Where winners were run again on fresh starts, those runs are the best ones, and the optimizer as configured stands
    beside them.
    """
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
    """The phase and the regime in which each run was first used, by run key: what MLflow is told of it."""
    first = trials.drop_duplicates("run_key")
    return {key: (phase, regime) for key, phase, regime in first[["run_key", "phase", "regime"]].to_numpy()}


def best_trials(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """What `best_runs` takes, where no study says which search its trials belong to: the best trial of all."""
    order = ordered(trials, runs)
    groups = order.groupby(LABELS, sort=False)
    counts = groups["outcome"].agg(trials="size", trials_diverged=lambda outcomes: (outcomes != "ok").sum())
    return groups.head(1)[[*LABELS, "trial", "run_key", "score"]].join(counts, on=LABELS)


def best_runs(winners: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """One row for each optimizer on each objective, with the columns of the run that shows it, ranked per objective.

    `winners`: a row per search, with `objective`, `optimizer`, `trial` and the `run_key` and `score` to rank by.
    Where a search was repeated, the row is the median winner's, and `score_low`, `score_high` are the best and the
    worst. `rank` is 1, 2, ... per objective, in the order of `ordered`, equal where nothing tells apart.
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
    """The mean rank of each optimizer over the objectives, best first."""
    return best.groupby("optimizer", sort=False)["rank"].mean().sort_values(kind="stable")
