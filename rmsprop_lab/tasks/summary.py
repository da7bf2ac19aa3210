"""The summary of a study: what was done, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import pandas as pd

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.wording import (
    gap_in_words,
    repeats_told,
    score_in_words,
    score_told,
    steps_in_words,
    value_in_words,
)
from rmsprop_lab.storage.folder import StudyFolder


@dataclass(frozen=True, eq=False)
class Summary:
    """What `run_study` did, and the best run of each optimizer on each objective. A notebook shows it as a table."""

    study: Study
    folder: StudyFolder
    computed: int = 0
    """Number of runs that are new on disk."""
    gathered: int = 0
    """Number of runs that came from the folders of shards."""
    logged: int = 0
    """Number of runs that are new in MLflow."""
    added: bool = False
    """Whether runs or trials were added to the study's folder."""
    runs: dict[str, Run] = field(default_factory=dict)
    """The runs of this study, by run key."""
    winners: list[Winner] = field(default_factory=list)
    """The winner of each search."""
    references: dict[tuple[str, str, int], Run] = field(default_factory=dict)
    """The optimizers as configured, on the starts of the search, by objective, optimizer and repeat."""
    best: pd.DataFrame = field(default_factory=pd.DataFrame)
    """One row for the best run of each optimizer on each objective, see `rmsprop_lab.compare.ranking.best_runs`; empty
    if the study was interrupted before the ranking."""
    stable: dict[str, float | None] = field(default_factory=dict)
    """For each cell whose trials were all lost, the largest step size that does not diverge, by the cell's key."""
    still: set[str] = field(default_factory=set)
    """The keys of the cells whose best run did not move from any of its starts."""
    undrawn: dict[str, str] = field(default_factory=dict)
    """The figures that could not be drawn, and why."""
    failed: dict[str, str] = field(default_factory=dict)
    """The error of each run whose objective or optimizer raised one, by run key."""
    experiment_id: str | None = None
    """The study's experiment in MLflow."""

    @cached_property
    def hues(self) -> dict[str, str]:
        """The hue of each optimizer, the same in the terminal, in figures and in MLflow."""
        return optimizer_hues(self.study, self.folder)

    def __repr__(self) -> str:
        ranked = self.best[(self.best["rank"] == 1) & (self.best["outcome"] == "ok")] if len(self.best) else self.best
        best = ", ".join(f"{row['optimizer']} on {row['objective']}" for row in ranked.to_dict("records"))
        lines = [f"{self.study.name!r}, {self._done()}: {self.folder.path}"]
        lines += [f"best: {best}"] if best else []
        lines += [self._failures()] if self.failed else []
        text = "\n  ".join(lines)
        return f"Summary({text})"

    def _done(self) -> str:
        planned = f"of {len(self.runs)} runs" if len(self.best) else f"runs of a plan of {len(self.study)}"
        gathered = f", {self.gathered} gathered from shards" if self.gathered else ""
        return f"{self.computed} {planned} computed{gathered}, {self.logged} logged"

    def _failures(self) -> str:
        return f"{len(self.failed)} failed, the first with {next(iter(self.failed.values()))}"

    def _repr_html_(self) -> str:
        rows = [self._row(row) for row in self.best.to_dict("records")]
        failures = f"<p>{escape(self._failures())}</p>" if self.failed else ""
        text = f"<p>{escape(self.study.name)}: {self._done()}, in {escape(str(self.folder.path))}</p>{failures}"
        if not rows:
            return text
        names = dict.fromkeys(name for run in self.runs.values() for name in tuned_fields(run.optimizer))
        columns = dict.fromkeys(["objective", "rank", "optimizer", *names, *(name for row in rows for name in row)])
        table = pd.DataFrame(rows, columns=[name for name in columns if any(name in row for row in rows)]).fillna("")
        return f"{text}{table.to_html(index=False)}<p>{escape(self._ranked_by())}</p>"

    def _ranked_by(self) -> str:
        shown = "fresh starts" if self.study.evaluates else "the starts of the search"
        return f"{score_told(self.study)} Shown on {shown}.{repeats_told(self.study)}"

    def _row(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        run = self.runs[str(row["run_key"])]
        known = run.problem.objective.minimum is not None
        return {
            "objective": row["objective"],
            "rank": row["rank"] if row["outcome"] == "ok" else row["outcome"],
            "optimizer": row["optimizer"],
            **{name: value_in_words(value) for name, value in tuned_fields(run.optimizer).items()},
            "score": score_in_words(row["score"], row["score_name"]),
            **({"log₁₀ final gap": gap_in_words(row["final_gap"], row["gap_floor"])} if known else {}),
            "final value": value_in_words(row["final_value"]) if row["outcome"] != "failed" else "",
            **({"steps to 1e-3": steps_in_words(row["steps_to_1e-3"])} if known else {}),
        }
