"""The ranking in words: the same cells in the terminal, in MLflow's note and in a notebook."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.wording import cell_in_words, gap_in_words, score_in_words, value_in_words

OBJECTIVE, RANK, OPTIMIZER, SCORE = "objective", "#", "optimizer", "score"
GAP, VALUE, SUCCESS, LOST, UNTUNED = "log₁₀ gap", "final value", "success", "lost", "untuned"
_ARROWS = {"low": "↓", "high": "↑"}
ARROWS = tuple(_ARROWS.values())
"""What stands after a setting that lies at that end of its range."""


def ranking_cells(
    study: Study, best: pd.DataFrame, names: Iterable[str] | None = None, winners: Iterable[Winner] = ()
) -> list[dict[str, str]]:
    """The cells of the ranking by their headings, one row per objective and optimizer; the same headings in all rows.

    Args:
        study: The study.
        best: The table of `rmsprop_lab.compare.shown.shown_table`.
        names: The hyperparameters to show; None for those that are usually tuned.
        winners: The winners of searches whose settings get an arrow where they lie at an edge of their range.
    """
    if names is None:
        names = dict.fromkeys(name for optimizer in study.optimizers.values() for name in tuned_fields(optimizer))
    shown = [name for name in names if name in best]
    ranks = ranks_in_words(best)
    arrows = {winner.cell.key: edge_arrows(winner) for winner in winners}
    known = {study.objectives[name].minimum is not None for name in best["objective"]}
    rows = []
    for row, rank in zip(best.to_dict("records"), ranks, strict=True):
        cells = {
            OBJECTIVE: row["objective"],
            **({RANK: rank} if any(ranks) else {}),
            OPTIMIZER: row["optimizer"],
            **{name: _setting(row[name]) + arrows.get(row["cell"], {}).get(name, "") for name in shown},
            SCORE: _score(row),
            **({GAP: _final_gap(row)} if True in known else {}),
            **({VALUE: _final_value(row)} if False in known else {}),
            **({SUCCESS: share_in_percent(row["success"])} if best["success"].notna().any() else {}),
            LOST: str(row["starts_lost"]),
            **({UNTUNED: score_in_words(row["untuned"], row["score_name"])} if study.evaluates else {}),
        }
        rows.append({str(heading): text for heading, text in cells.items()})
    return rows


def edge_arrows(winner: Winner) -> dict[str, str]:
    """An arrow for each hyperparameter that lies at an edge of its range, by name."""
    return {edge.hyperparameter: _ARROWS[edge.end] for edge in winner.edges}


def _setting(value: Any) -> str:
    """A hyperparameter's value; empty if the optimizer does not have it."""
    return "" if pd.isna(value) else value_in_words(value, 3)


def ranks_in_words(ranking: pd.DataFrame) -> list[str]:
    """Each rank as text, `1=` where optimizers share one; empty without a rank.

    >>> ranks_in_words(pd.DataFrame({"objective": "bowl", "rank": pd.array([1, 1, 3, None], dtype="Int64")}))
    ['1=', '1=', '3', '']
    """
    shared = ranking.duplicated(["objective", "rank"], keep=False)
    ranks = zip(ranking["rank"], shared, strict=True)
    return ["" if pd.isna(rank) else f"{rank}{'=' if also else ''}" for rank, also in ranks]


def share_in_percent(share: float) -> str:
    """A share of starts in percent, 0 and 100 only where they are exact; empty for NaN.

    >>> share_in_percent(0.5), share_in_percent(0.999), share_in_percent(1.0), share_in_percent(0.001)
    ('50 %', '99 %', '100 %', '1 %')
    """
    if math.isnan(share):
        return ""
    percent = 100 * share
    return f"{percent:.0f} %" if share in (0, 1) else f"{min(99, max(1, round(percent)))} %"


def _score(row: Mapping[Any, Any]) -> str:
    text, half = score_in_words(row["score"], row["score_name"]), (row["score_high"] - row["score_low"]) / 2
    return text if math.isnan(half) else f"{text} ±{score_in_words(half, row['score_name'], 2)}"


def _final_gap(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["final_gap"]):
        return ""
    return "lost" if row["outcome"] != "ok" else gap_in_words(row["final_gap"], row["gap_floor"])


def _final_value(row: Mapping[Any, Any]) -> str:
    """The final value of an objective whose minimum is unknown; empty for others, whose gap is shown."""
    if row["score_name"] != "mean_value":
        return ""
    return "lost" if row["outcome"] != "ok" else cell_in_words(float(row["final_value"]))
