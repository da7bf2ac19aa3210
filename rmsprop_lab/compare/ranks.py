"""Ranks of optimizers on each objective, and how many repeats they take: the rules 6, 7 and 8."""

import numpy as np
import pandas as pd

from rmsprop_lab.compare.pairs import FEWEST_REPEATS
from rmsprop_lab.compare.trial_order import LABELS


def enough_repeats(optimizers: int) -> int:
    """How many repeats a comparison of this many optimizers takes to find most differences of a decade.

    >>> [enough_repeats(optimizers) for optimizers in (3, 4, 5, 9, 10)]
    [5, 5, 8, 8, 10]
    """
    if optimizers <= 4:
        return FEWEST_REPEATS
    return 8 if optimizers <= 9 else 10


def repeats_to_ask_for(optimizers: int) -> int:
    """The number of repeats to advise: with 8, all differences of a decade were found between few optimizers too.

    >>> [repeats_to_ask_for(optimizers) for optimizers in (3, 5, 10)]
    [8, 8, 10]
    """
    return max(8, enough_repeats(optimizers))


def ranks_of(scores: pd.DataFrame, pairs: pd.DataFrame, fewest: int = FEWEST_REPEATS) -> pd.DataFrame:
    """The rank of each optimizer on each objective: 1 + how many are better. Equals share a rank.

    Args:
        scores: The table of `repeat_scores`.
        pairs: The table of `pair_table`.
        fewest: With fewer repeats there are no ranks.

    Returns:
        One row per objective and optimizer: `objective`, `optimizer` and `rank`, an integer. It is missing for an
        optimizer that failed in a repeat, for one that has nobody to be compared with, and for all on an objective
        where some pair has fewer than `fewest` repeats.

    >>> row = {"objective": "bowl", "better": "adam", "worse": "gd", "relation": "better", "repeats": 8}
    >>> scores = pd.DataFrame({"objective": "bowl", "optimizer": ["gd", "adam"], "score": [-2.0, -3.0]})
    >>> ranks_of(scores, pd.DataFrame([row])).to_dict("records")
    [{'objective': 'bowl', 'optimizer': 'gd', 'rank': 2}, {'objective': 'bowl', 'optimizer': 'adam', 'rank': 1}]
    """
    failing = scores[LABELS].assign(failed=scores["score"] == np.inf)
    ranks = failing.groupby(LABELS, sort=False)["failed"].any().reset_index()
    names = pd.MultiIndex.from_frame(ranks[LABELS])
    lost = pairs.loc[pairs["relation"] == "better"].value_counts(["objective", "worse"])
    better = lost.reindex(names.set_names(lost.index.names), fill_value=0).to_numpy()
    compared = pairs[~_fails(pairs, ranks, "better") & ~_fails(pairs, ranks, "worse")]
    least = compared.groupby("objective")["repeats"].min()
    enough = ranks["objective"].map(least).fillna(0) >= fewest
    ranks["rank"] = pd.array(1 + better, dtype="Int64")
    ranks["rank"] = ranks["rank"].where(enough & ~ranks["failed"])
    return ranks.drop(columns="failed")


def _fails(pairs: pd.DataFrame, ranks: pd.DataFrame, side: str) -> "pd.Series[bool]":
    """Whether an optimizer of each pair failed on the pair's objective."""
    failed = pd.MultiIndex.from_frame(ranks.loc[ranks["failed"], LABELS])
    return pd.Series(pd.MultiIndex.from_frame(pairs[["objective", side]]).isin(failed), index=pairs.index)
