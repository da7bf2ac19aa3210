"""How soon an optimizer reaches its targets: the empirical distribution of runtimes."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from rmsprop_lab.base import Array
from rmsprop_lab.compare.repeats import names_in
from rmsprop_lab.compare.runtimes import runtimes
from rmsprop_lab.compare.trial_order import LABELS

OVERALL = ""
"""The `objective` of the curves over all objectives: no objective has an empty name."""
ROWS = 200
"""The most rows of a curve."""


def ecdf_table(starts: pd.DataFrame, rows: int = ROWS) -> pd.DataFrame:
    """The share of targets that each optimizer reaches within a number of evaluations: `tables/ecdf.csv`.

    F(t) = |{(start, repeat, target) : runtime ≤ t}| / |{(start, repeat, target)}|, over the seven targets
    `rmsprop_lab.plan.scores.TARGETS`: the empirical cumulative distribution function of runtimes (Hansen et al. 2021,
    *COCO: a platform for comparing continuous optimizers in a black-box setting*, section 4.3). Whoever diverges
    reaches nothing. A failed run has no starts and does not count, as in `success_table`.

    Args:
        starts: The table of `start_rows`.
        rows: The most rows of a curve; see `thinned`. With 200, what is left out of a curve is 1 % of its height and
            width away from what is kept.

    Returns:
        The curves as staircases, `share` holding from its `evaluations` to those of the next row: `objective`,
        `optimizer`, `evaluations`, `share`. Each begins at 0 evaluations and ends with the longest run. Objectives
        without a known minimum have none. The last curves, with an empty `objective`, are over all others that every
        optimizer has, if these are at least two.

    >>> starts = pd.DataFrame({f"steps_to_1e-{k}": [k, np.inf] for k in range(1, 8)})
    >>> starts = starts.assign(objective="bowl", optimizer="gd", outcome="ok", n_iter=9, evaluations=9)
    >>> table = ecdf_table(starts)
    >>> table[["evaluations", "share"]].round(2).to_numpy()[[0, 1, 2, -2, -1]].tolist()
    [[0.0, 0.0], [1.0, 0.07], [2.0, 0.14], [7.0, 0.5], [9.0, 0.5]]
    """
    spent = runtimes(starts)
    known = np.flatnonzero(~np.isnan(spent).any(axis=1))
    starts, spent = starts.iloc[known], spent[known]
    curves = [*_of_objectives(starts, spent, rows), *_overall(starts, spent, rows)]
    if not curves:
        return pd.DataFrame({"objective": [], "optimizer": [], "evaluations": [], "share": []})
    return pd.concat(curves, ignore_index=True)


def shared_objectives(starts: pd.DataFrame) -> list[str]:
    """The objectives on which every optimizer has starts, in the order of the table.

    >>> shared_objectives(pd.DataFrame({"objective": ["bowl", "bowl", "booth"], "optimizer": ["gd", "adam", "gd"]}))
    ['bowl']
    """
    optimizers = starts.groupby("objective")["optimizer"].nunique()
    everybody = starts["optimizer"].nunique()
    return [name for name in names_in(starts, "objective") if optimizers[name] == everybody]


def staircase(spent: Array, end: float) -> tuple[Array, Array]:
    """The empirical distribution of runtimes.

    Args:
        spent: The runtimes, `(n,)`; +inf for never.
        end: The evaluations of a whole run.

    Returns:
        Two arrays `(m,)`: ascending numbers of evaluations from 0 to `end`, and the share of runtimes up to each.

    >>> at, share = staircase(np.array([3.0, 1.0, 3.0, np.inf]), end=8.0)
    >>> at.tolist(), share.tolist()
    ([0.0, 1.0, 3.0, 8.0], [0.0, 0.25, 0.75, 0.75])
    """
    steps = np.unique(np.concatenate([[0.0, end], spent[np.isfinite(spent)]]))
    return steps, np.searchsorted(np.sort(spent), steps, side="right") / len(spent)


def thinned(at: Array, share: Array, rows: int = ROWS) -> tuple[Array, Array]:
    """At most so many rows of a staircase: its first and last, and between them the last of each stretch.

    The stretches have the same length along the curve, in its height and on a logarithmic axis. What is left out
    lies at most 2 / (rows - 1) of both before what is kept, so that the rest lies below the whole curve.

    Args:
        at: Ascending numbers of evaluations, `(m,)`.
        share: The share up to each, `(m,)`.
        rows: The most rows to keep, at least 3.

    >>> at, share = thinned(np.arange(1001.0), np.arange(1001.0) / 1000, rows=12)
    >>> len(at), at[[0, -1]].tolist(), share[[0, -1]].tolist()
    (12, [0.0, 1000.0], [0.0, 1.0])
    """
    if len(at) <= rows:
        return at, share
    height, width = share - share[0], np.log1p(at) - np.log1p(at[0])
    along = height / max(height[-1], 1e-300) + width / width[-1]
    stretch = np.ceil(along / along[-1] * (rows - 1))  # the first row alone is in stretch 0
    kept = np.append(stretch[1:] > stretch[:-1], True)
    return at[kept], share[kept]


def _of_objectives(starts: pd.DataFrame, spent: Array, rows: int) -> Iterator[pd.DataFrame]:
    ends = starts.groupby("objective")["evaluations"].max()
    curve = starts.groupby(LABELS, sort=False).ngroup().to_numpy()
    for place, (objective, optimizer) in enumerate(starts[LABELS].drop_duplicates().to_numpy()):
        yield _curve(objective, optimizer, spent[curve == place], float(ends[objective]), rows)


def _overall(starts: pd.DataFrame, spent: Array, rows: int) -> Iterator[pd.DataFrame]:
    shared = shared_objectives(starts)
    if len(shared) < 2:
        return
    counts = starts["objective"].isin(shared).to_numpy()
    end = float(starts.loc[counts, "evaluations"].max())
    for optimizer in names_in(starts, "optimizer"):
        mine = counts & (starts["optimizer"] == optimizer).to_numpy()
        yield _curve(OVERALL, optimizer, spent[mine], end, rows)


def _curve(objective: str, optimizer: str, spent: Array, end: float, rows: int) -> pd.DataFrame:
    at, share = thinned(*staircase(spent.ravel(), end), rows)
    return pd.DataFrame({"objective": objective, "optimizer": optimizer, "evaluations": at, "share": share})
