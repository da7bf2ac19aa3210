"""Who is best on which objective: the best run of each optimizer, ranked."""

import pandas as pd

TIE_BREAKERS = ("steps_to_1e-7", "steps_to_1e-3", "steps_to_1e-1", "final_value")


PROBLEM = ("dim", "n_iter", "starts", "start_seed")
"""What tells problems on one objective apart within a study."""


def best_keys(trials: pd.DataFrame, runs: pd.DataFrame) -> set[str]:
    """The run keys of the best trial of each optimizer on each problem of a whole study."""
    labels = ["objective", "optimizer"]
    merged = trials.merge(runs.drop(columns=labels), on="run_key", validate="many_to_one")
    ordered = merged.sort_values(["score", *TIE_BREAKERS], kind="stable")
    return set(ordered.groupby([*labels, *PROBLEM], sort=False, dropna=False).head(1)["run_key"])


def best_runs(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """The best trial of each optimizer on each objective, with its run's columns, ranked per objective.

    Lowest score first; equal scores are told apart by the steps to the smallest target, then by the larger
    ones. `rank` is 1, 2, ... per objective (equal where nothing tells apart), `trials` and `trials_diverged`
    count what the optimizer was given and what it lost.
    """
    labels = ["objective", "optimizer"]
    merged = trials.merge(runs.drop(columns=labels), on="run_key", validate="many_to_one")
    order = ["score", *TIE_BREAKERS]
    counts = merged.groupby(labels, sort=False).agg(
        trials=("trial", "size"), trials_diverged=("outcome", lambda outcome: int((outcome != "ok").sum()))
    )
    best = merged.sort_values(order, kind="stable").groupby(labels, sort=False, as_index=False).head(1)
    best = best.join(counts, on=labels)
    position = {name: index for index, name in enumerate(dict.fromkeys(trials["objective"]))}
    best = best.iloc[best["objective"].map(position).argsort(kind="stable")].reset_index(drop=True)
    best["rank"] = best.groupby("objective", sort=False).cumcount() + 1
    best["rank"] = best.groupby(["objective", *order], sort=False, dropna=False)["rank"].transform("min")
    return best


def mean_ranks(best: pd.DataFrame) -> pd.Series:
    """The mean rank of each optimizer over the objectives, best first."""
    return best.groupby("optimizer", sort=False)["rank"].mean().sort_values(kind="stable")
