"""Which optimizer is best over all objectives: rule 9."""

import numpy as np
import pandas as pd

from rmsprop_lab.compare.friedman import critical_difference, friedman, objectives_needed, shared_ranks
from rmsprop_lab.compare.pairs import LEVEL
from rmsprop_lab.compare.repeats import names_in
from rmsprop_lab.compare.sentence import listed


def overall_table(ranks: pd.DataFrame) -> pd.DataFrame:
    """Compares optimizers over objectives: `tables/overall.csv`.

    Friedman's test of the ranks says whether they differ at all, and Nemenyi's critical difference which of them do.
    An objective on which one of them has no rank does not count.

    Args:
        ranks: The table of `ranks_of`.

    Returns:
        One row per optimizer, the best first: `optimizer`; `mean_rank`, where equals share the mean of their places;
        `critical_difference`; `friedman_p`; `objectives`, the number that counts. The first two are NaN if the test is
        not significant, all three with fewer than two optimizers or without objectives.

    >>> rows = [(f"f{row}", name, rank) for row in range(6) for name, rank in (("gd", 2), ("adam", 1))]
    >>> table = overall_table(pd.DataFrame(rows, columns=["objective", "optimizer", "rank"]))
    >>> table.round(3).to_dict("records")[0]
    {'optimizer': 'adam', 'mean_rank': 1.0, 'critical_difference': 0.8, 'friedman_p': 0.031, 'objectives': 6}
    """
    optimizers = names_in(ranks, "optimizer")
    wide = ranks.astype({"rank": "Float64"}).pivot(index="objective", columns="optimizer", values="rank")
    places = wide[optimizers].dropna().to_numpy(dtype=np.float64)
    table = pd.DataFrame({"optimizer": optimizers, "mean_rank": np.nan, "critical_difference": np.nan})
    p_value = friedman(places) if len(optimizers) > 1 and len(places) else np.nan
    table = table.assign(friedman_p=p_value, objectives=len(places))
    if p_value <= LEVEL:
        table["mean_rank"] = shared_ranks(places).mean(axis=0)
        table["critical_difference"] = critical_difference(len(optimizers), len(places))
    return table.sort_values("mean_rank", kind="stable", ignore_index=True)


def overall_sentence(overall: pd.DataFrame) -> str:
    """What may be said over all objectives, in a sentence; empty if there are not two optimizers and two objectives.

    Args:
        overall: The table of `overall_table`.

    >>> table = pd.DataFrame({"optimizer": ["gd", "adam", "rmsprop"], "mean_rank": np.nan})
    >>> overall_sentence(table.assign(friedman_p=0.14, objectives=2))
    'Over all 2 objectives together no order of 3 optimizers can be found: that takes at least 3 objectives.'
    >>> overall_sentence(table.assign(friedman_p=0.21, objectives=4))
    "Over all 4 objectives together no order is found (Friedman's test, p = 0.21)."
    """
    if len(overall) < 2 or overall["objectives"].iloc[0] < 2:
        return ""
    first, count, p_value = overall.iloc[0], int(overall["objectives"].iloc[0]), overall["friedman_p"].iloc[0]
    over, needed = f"Over all {count} objectives together", objectives_needed(len(overall))
    if count < needed:
        takes = f"that takes at least {needed} objectives"
        return f"{over} no order of {len(overall)} optimizers can be found: {takes}."
    if np.isnan(first["mean_rank"]):
        return f"{over} no order is found (Friedman's test, p = {p_value:.2g})."
    lowest, difference = first["mean_rank"], first["critical_difference"]
    beside = overall.loc[overall["mean_rank"] - lowest < difference, "optimizer"].tolist()
    if len(beside) == len(overall):
        which = f"no two mean ranks are {difference:.2f} apart, so it is open which"
        return f"{over} the optimizers differ (Friedman's test, p = {p_value:.2g}), but {which}."
    ranks = f"(mean rank {lowest:.2f}, critical difference {difference:.2f})"
    if len(beside) == 1:
        return f"{over} {beside[0]} is best {ranks}."
    others = listed(beside[1:])
    return f"{over} {beside[0]} has the best ranks {ranks}; {others} cannot be told apart from it."
