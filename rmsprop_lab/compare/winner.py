"""What a search found: its winner, the edges it lies at, and what fresh starts say of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.edges import Edge
from rmsprop_lab.plan.run import Run


@dataclass(frozen=True, eq=False)
class Winner:
    """The best trial of one cell, and how many trials it was chosen from.

    `shown` is the run to rank by, with its score: the winner's on the fresh starts where there are any, else the
    winner itself. `default`: the optimizer as configured, on the same starts as `shown`.
    """

    cell: Cell
    trial: int
    run: Run
    score: float
    trials: int
    lost: int
    edges: list[Edge] = field(default_factory=list)
    shown: Run | None = None
    shown_score: float | None = None
    default: Run | None = None
    default_score: float | None = None

    def row(self) -> dict[str, Any]:
        """As a row of the table that `compare.ranking.best_runs` takes."""
        shown = self.run if self.shown is None else self.shown
        return {
            "objective": self.cell.problem.name,
            "optimizer": self.cell.optimizer_name,
            "cell": self.cell.key,
            "repeat": self.cell.repeat,
            "trial": self.trial,
            "run_key": shown.run_key,
            "score": self.score if self.shown_score is None else self.shown_score,
            "searched_key": self.run.run_key,
            "searched_score": self.score,
            "default_key": None if self.default is None else self.default.run_key,
            "default_score": self.default_score,
            "edges": "; ".join(map(str, self.edges)),
            "trials": self.trials,
            "trials_diverged": self.lost,
        }


def edges_told(winners: Iterable[Winner]) -> dict[str, str]:
    """By the key of the run that shows a winner: the edges of its space that it lies at, where there are any."""
    rows = [winner.row() for winner in winners]
    return {row["run_key"]: row["edges"] for row in rows if row["edges"]}
