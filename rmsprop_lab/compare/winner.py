"""The winner of a search: its run, the edges of the space that it lies at, and its evaluation on fresh starts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.edges import Edge
from rmsprop_lab.plan.run import Run


@dataclass(frozen=True, eq=False)
class Winner:
    """The best trial of one cell.

    Args:
        cell: The search.
        trial: Number of the best trial.
        run: Run of the best trial.
        score: Its score on the starts of the search.
        trials: Number of trials that it was chosen from.
        lost: Number of trials that diverged or failed.
        edges: Ends of the space that it lies at.
        shown: Its run on fresh starts; None without an evaluation.
        shown_score: Score of `shown`.
        default: The optimizer as configured, on the starts of `shown`; None without an evaluation.
        default_score: Score of `default`.
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

    @property
    def judged(self) -> Run:
        """The run that the optimizer is judged by: that on fresh starts, or without one that of the search."""
        return self.run if self.shown is None else self.shown

    def row(self) -> dict[str, Any]:
        """A row of the table of winners that `rmsprop_lab.compare.verdict` takes as trials."""
        return {
            "objective": self.cell.problem.name,
            "optimizer": self.cell.optimizer_name,
            "cell": self.cell.key,
            "repeat": self.cell.repeat,
            "trial": self.trial,
            "run_key": self.judged.run_key,
            "score": self.score if self.shown_score is None else self.shown_score,
            "score_name": self.cell.score,
            "searched_key": self.run.run_key,
            "searched_score": self.score,
            "default_key": None if self.default is None else self.default.run_key,
            "default_score": self.default_score,
            "edges": "; ".join(map(str, self.edges)),
            "trials": self.trials,
            "trials_diverged": self.lost,
        }


def edges_told(winners: Iterable[Winner]) -> dict[str, str]:
    """Maps the run key of each winner at an edge of its space to the edges, as text: `step_size at its highest`."""
    rows = [winner.row() for winner in winners]
    return {row["run_key"]: row["edges"] for row in rows if row["edges"]}
