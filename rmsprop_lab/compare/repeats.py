"""The scores that optimizers are compared by: one per repeat, and what each start of it measured."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rmsprop_lab.base import Array
from rmsprop_lab.compare.trial_order import LABELS, PROBLEM
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.evaluation.measures import MEANS
from rmsprop_lab.evaluation.scored import scores_of
from rmsprop_lab.plan.scores import SCORES

IN_DECADES = ("mean_log10_gap", "final_gap", "best_gap")
"""The scores in decades of the gap. The others have the units of the function, or iterations."""


def repeat_scores(judged: pd.DataFrame, runs: pd.DataFrame, score: str | None = None) -> pd.DataFrame:
    """The score of each repeat: the mean over its fresh starts, as the search has it (rules 1 and 3).

    Args:
        judged: The rows of `judged_runs`.
        runs: Rows of `runs.parquet`, at least those judged.
        score: One of `rmsprop_lab.plan.scores.SCORES`; None for the default of each objective.

    Returns:
        The rows of `judged`, with `score_name` and `score`. Lower is better; +inf for a run that failed.

    Raises:
        InputError: There is no such score, an objective does not have it, a run is not among `runs`, or two optimizers
            were not judged from the same starts.

    >>> judged = pd.DataFrame({"objective": "bowl", "optimizer": ["gd"], "repeat": 0, "run_key": "a"})
    >>> problem = {"dim": 2, "n_iter": 9, "starts": 4, "start_seed": 0}
    >>> run = {"run_key": "a", "outcome": "ok", **problem, "mean_log10_gap": -3.5, "mean_value": np.nan}
    >>> repeat_scores(judged, pd.DataFrame([run]))[["score_name", "score"]].to_dict("records")
    [{'score_name': 'mean_log10_gap', 'score': -3.5}]
    """
    if score is not None and score not in MEANS:
        raise InputError("score", f"one of {', '.join(SCORES)}", score)
    table = judged.merge(runs.drop(columns=LABELS, errors="ignore").drop_duplicates("run_key"), on="run_key")
    if len(table) < len(judged):
        missing = judged.loc[~judged["run_key"].isin(runs["run_key"]), "run_key"]
        raise InputError("runs", "the runs of all evaluations", Found(f"none with the key {missing.iloc[0]}"))
    _check_starts(table)
    if score is None:
        known = table["mean_log10_gap"].notna().groupby(table["objective"]).transform("any")
        names = np.where(known, "mean_log10_gap", "mean_value")
    else:
        names = np.full(len(table), score)
    scores = np.full(len(table), np.nan)
    for name in np.unique(names):
        rows = names == name
        columns = {column: table.loc[rows, column].to_numpy() for column in ("outcome", MEANS[name])}
        scores[rows] = scores_of(columns, name)
    if np.isnan(scores).any():
        objective = table.loc[np.isnan(scores), "objective"].iloc[0]
        raise InputError("score", f"null or a score that {objective} has", Found(f"{score or 'null'}"))
    return judged.assign(score_name=names, score=scores)


def _check_starts(table: pd.DataFrame) -> None:
    different = table.groupby(["objective", "repeat"], sort=False)[list(PROBLEM)].nunique(dropna=False) > 1
    if different.any(axis=None):
        first = different[different.any(axis=1)].iloc[:1]
        objective, repeat = first.index.to_list()[0]
        names = ", ".join(first.columns[first.iloc[0]])
        found = Found(f"different {names} on {objective} in repeat {repeat}")
        raise InputError("trials", "evaluations of all optimizers from the same starts", found)


def start_rows(judged: pd.DataFrame, starts: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """What each fresh start measured, under the name of its objective, optimizer and repeat (rule 2).

    A start's measure has the name of its score. The mean of `mean_log10_gap` or `mean_value` over the starts is the
    score of the repeat. `final_gap` and `best_gap` are the gaps themselves, and `steps_to_τ` is +inf for never: only
    their order may be compared.

    Args:
        judged: The rows of `judged_runs`.
        starts: Rows of `starts.parquet`, at least those of the judged runs.
        runs: Rows of `runs.parquet`, at least those judged.

    Returns:
        The rows of `starts` of the judged runs, with the columns of `judged` and `n_iter`. A failed run has none.

    Raises:
        InputError: A judged run that did not fail lacks some of its starts.
    """
    lengths = runs[["run_key", "n_iter"]].drop_duplicates("run_key")
    _check_whole(judged, starts, runs)
    return judged.merge(lengths, on="run_key").merge(starts.drop_duplicates(["run_key", "start"]), on="run_key")


def _check_whole(judged: pd.DataFrame, starts: pd.DataFrame, runs: pd.DataFrame) -> None:
    """Checks that each judged run has all its starts, unless it failed."""
    ran = runs.loc[runs["run_key"].isin(judged["run_key"]) & (runs["outcome"] != "failed"), ["run_key", "starts"]]
    ran = ran.drop_duplicates("run_key")
    there = ran["run_key"].map(starts.drop_duplicates(["run_key", "start"])["run_key"].value_counts()).fillna(0)
    if len(lacking := ran[there != ran["starts"]]):
        found = Found(f"not all of {len(lacking)} of {len(ran)}, such as {lacking['run_key'].iloc[0]}")
        raise InputError("starts", "every start of all judged runs", found, "Pass the whole starts.parquet.")


def names_in(table: pd.DataFrame, column: str) -> list[str]:
    """The different names in a column, in the order of their first rows."""
    return list(dict.fromkeys(table[column]))


def as_array(table: pd.DataFrame, values: Array, axes: Sequence[Sequence[Any]], columns: Sequence[str]) -> Array:
    """Values of a long table as an array with one axis for each of some columns; NaN where the table has no row.

    Args:
        table: The table.
        values: A value for each of its rows, `(rows,)`.
        axes: The labels along each axis of the array.
        columns: The column that holds the labels of each axis.

    >>> table = pd.DataFrame({"optimizer": ["gd", "adam", "adam"], "repeat": [0, 0, 1]})
    >>> as_array(table, np.array([1.0, 2.0, 3.0]), (["gd", "adam"], [0, 1]), ("optimizer", "repeat")).tolist()
    [[1.0, nan], [2.0, 3.0]]
    """
    places = [pd.Index(labels).get_indexer(pd.Index(table[name])) for labels, name in zip(axes, columns, strict=True)]
    array = np.full([len(labels) for labels in axes], np.nan)
    array[tuple(places)] = values
    return array
