"""Which runs optimizers are judged by: the evaluations of their winners on fresh starts."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from rmsprop_lab.compare.trial_order import LABELS
from rmsprop_lab.errors import Found, InputError

REPEAT = [*LABELS, "repeat"]
"""The columns that tell which search a row belongs to."""


def judged_runs(
    trials: pd.DataFrame, objectives: Sequence[str] | None = None, optimizers: Sequence[str] | None = None
) -> pd.DataFrame:
    """The run that each optimizer is judged by on each objective in each repeat: that of its winner on fresh starts.

    Args:
        trials: Rows of `trials.parquet`; or of winners, `pd.DataFrame([winner.row() for winner in summary.winners])`,
            which serve for studies without an evaluation too.
        objectives: Names of the objectives to compare on, in the order of all tables; None for all, by name.
        optimizers: The same for the optimizers.

    Returns:
        One row per objective, optimizer and repeat: these and `run_key`.

    Raises:
        InputError: There are no evaluations, there is no such name, or a repeat has several evaluations, as a folder
            has that several studies have written to.

    >>> rows = [("search", "grid", "a"), ("evaluate", "grid", "b"), ("evaluate", "default", "c")]
    >>> trials = pd.DataFrame(rows, columns=["phase", "regime", "run_key"])
    >>> judged_runs(trials.assign(objective="bowl", optimizer="gd", repeat=0))["run_key"].tolist()
    ['b']
    """
    if "phase" in trials:
        trials = trials[(trials["phase"] == "evaluate") & (trials["regime"] != "default")]
    judged = trials[[*REPEAT, "run_key"]].drop_duplicates()
    if judged.empty:
        change = "Without them, give the winners: pd.DataFrame([winner.row() for winner in summary.winners])."
        raise InputError("trials", "evaluations of winners on fresh starts", Found("none"), change)
    places = [
        _places(judged[name], given, key)
        for name, given, key in zip(LABELS, (objectives, optimizers), ("objectives", "optimizers"), strict=True)
    ]
    judged = judged.assign(**dict(zip(("_row", "_column"), places, strict=True)))
    judged = judged[(judged["_row"] >= 0) & (judged["_column"] >= 0)]
    judged = judged.sort_values(["_row", "_column", "repeat"], ignore_index=True)[[*REPEAT, "run_key"]]
    if (several := judged.duplicated(REPEAT)).any():
        found = Found("several of {} on {} in repeat {}".format(*_of(judged[several], "optimizer", "objective")))
        change = "Give the winners of one study: pd.DataFrame([winner.row() for winner in summary.winners])."
        raise InputError("trials", "one evaluation for each repeat", found, change)
    return judged


def _places(names: pd.Series, given: Sequence[str] | None, key: str) -> Any:
    """The place of each name among those given, -1 for one that is left out."""
    known = sorted(names.unique())
    chosen = known if given is None else list(given)
    if strange := [name for name in chosen if name not in known]:
        raise InputError(key, f"some of {', '.join(known)}", strange[0])
    return pd.Index(chosen).get_indexer(pd.Index(names))


def _of(rows: pd.DataFrame, *names: str) -> list[Any]:
    """Some labels of the first row, then its repeat."""
    return [rows[name].iloc[0] for name in (*names, "repeat")]
