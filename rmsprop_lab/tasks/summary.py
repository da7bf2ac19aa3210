"""The summary of a study: what was done, and what was found."""

from dataclasses import dataclass, field
from functools import cached_property
from html import escape

import pandas as pd

from rmsprop_lab.compare import Verdict
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.ranking_cells import ranking_cells
from rmsprop_lab.report.verdict_words import headings_told, verdict_told
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
    judgement: Judgement | None = None
    """The verdict and the runs that show it; None if the study was interrupted before, and for a part of one."""
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
    experiment: str | None = None
    """The name of that experiment: the study's, unless a person has changed it in MLflow."""

    @property
    def verdict(self) -> Verdict | None:
        """What may be said of the optimizers, and how sure it is; None without a judgement."""
        return None if self.judgement is None else self.judgement.verdict

    @property
    def best(self) -> pd.DataFrame:
        """One row per objective and optimizer, the best first: the verdict's ranking with the runs behind it.

        See `rmsprop_lab.compare.shown.shown_table`; empty without a judgement.
        """
        return pd.DataFrame() if self.judgement is None else self.judgement.best

    @cached_property
    def hues(self) -> dict[str, str]:
        """The hue of each optimizer, the same in the terminal, in figures and in MLflow."""
        return optimizer_hues(self.study, self.folder)

    def __repr__(self) -> str:
        lines = [f"{self.study.name!r}, {self._done()}: {self.folder.path}"]
        lines += verdict_told(self.judgement)[:1] if self.judgement else []
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
        failures = f"<p>{escape(self._failures())}</p>" if self.failed else ""
        text = f"<p>{escape(self.study.name)}: {self._done()}, in {escape(str(self.folder.path))}</p>{failures}"
        if self.judgement is None:
            return text
        rows = ranking_cells(self.study, self.best)
        first, *others = verdict_told(self.judgement)
        told = f"<p><b>{escape(first)}</b> {escape(' '.join(others))}</p>"
        numbers = escape(headings_told(self.study, self.best, rows[0]))
        return f"{text}{told}{pd.DataFrame(rows).to_html(index=False)}<p>{numbers}</p>"
