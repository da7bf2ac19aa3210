"""The work of a study, cell by cell: choose, compute, write to disk, tell MLflow."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from rmsprop_lab.compare.ranking import ordered
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.evaluation.measures import score_of
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.run import Run, batches
from rmsprop_lab.plan.study import Study
from rmsprop_lab.search import Searcher, searcher_for
from rmsprop_lab.search.fixed import Fixed
from rmsprop_lab.storage.buffer import Pending
from rmsprop_lab.storage.folder import Published, StudyFolder

if TYPE_CHECKING:
    from rmsprop_lab.tasks.recorder import Recorder

OnStep = Callable[[Cell, int], None]
"""Called with a cell and how many of its trials have come one step further."""
MOST_WIDENINGS = 4


@dataclasses.dataclass
class Work:
    """Brings cells to disk and to MLflow, and remembers what was done.

    `runs`: those of this command's plan by key; `added`: what the folder had not; `logged`: runs new in MLflow.
    """

    study: Study
    folder: StudyFolder
    recorder: "Recorder | None"
    on_step: OnStep
    runs: dict[str, Run] = dataclasses.field(default_factory=dict)
    added: Published = dataclasses.field(default_factory=lambda: Published(0, 0))
    logged: int = 0

    def winner(self, cell: Cell) -> Winner | None:
        """Searches a cell, again in wider spaces if that is asked for; None if this shard has nothing of it."""
        if cell.search.learns and not self.study.is_mine(cell):  # it belongs to one shard as a whole
            self.on_step(cell, len(cell))
            return None
        return self._winner(cell, self.search)

    def recalled(self, cell: Cell) -> Winner | None:
        """The same from what is on disk alone: nothing is computed, and nothing told to MLflow."""
        return self._winner(cell, self._recall)

    def _winner(self, cell: Cell, search: Callable[[Cell], dict[int, Run]]) -> Winner | None:
        if not search(cell):
            return None
        found = self._best(cell)
        for _ in range(MOST_WIDENINGS if cell.search.widen else 0):
            if found is None or not found.edges or not self._is_complete(cell):
                break
            wider = cell.widened(found.edges)
            if not search(wider):
                break
            cell, found = wider, self._best(wider)
        if found is None or not self.study.evaluates or not self._is_complete(cell):
            return found
        again, default = self.study.evaluations(cell, found.run)
        shown, default_run = search(again).get(0), search(default).get(0)
        if shown is None or default_run is None:
            return found
        scores = {part.key: self._scores(part)[0] for part in (again, default)}
        return dataclasses.replace(
            found,
            shown=shown,
            shown_score=scores[again.key],
            default=default_run,
            default_score=scores[default.key],
        )

    def search(self, cell: Cell) -> dict[int, Run]:
        """Computes what disk lacks of a cell, and logs what MLflow lacks; returns this shard's runs by trial."""
        searcher, own, pending = self._searcher(cell), {}, Pending(self.folder)
        try:
            while trials := searcher.ask():
                asked = {trial.number: cell.run(trial.hyperparameters) for trial in trials}
                runs = {number: run for number, run in asked.items() if self._is_mine(cell, run)}
                self.on_step(cell, len(asked) - len(runs))
                searcher.tell(self._compute(cell, runs, pending))
                own.update(runs)
        finally:  # interrupted as well
            self._count(pending.publish())
        unique = {run.run_key: run for run in own.values()}
        if self.recorder:
            self.logged += self.recorder.record(cell, list(unique.values()), lambda: self.on_step(cell, 1))
            self.on_step(cell, len(own) - len(unique))
        self.runs.update(unique)
        return own

    def _recall(self, cell: Cell) -> dict[int, Run]:
        trials = self._trials(cell)
        numbers = dict(zip(trials["trial"], trials["run_key"], strict=True))
        rows = self.folder.run_rows(numbers.values())
        own = {number: cell.run(rows[key]["hyperparameters"]) for number, key in numbers.items()}
        self.runs.update({run.run_key: run for run in own.values()})
        return own

    def _is_mine(self, cell: Cell, run: Run) -> bool:
        """What learns or follows from a search goes with it."""
        return cell.search.learns or cell.phase == "evaluate" or self.study.is_mine(run)

    def _searcher(self, cell: Cell) -> Searcher:
        """A search that learns begins at its first trial and is told what is on disk, unless all of it is."""
        if not cell.search.learns or not self._is_complete(cell):
            return searcher_for(cell)
        keys = self._trials(cell).sort_values("trial")["run_key"]
        rows = self.folder.run_rows(keys)
        return Fixed(rows[key]["hyperparameters"] for key in keys)

    def _compute(self, cell: Cell, runs: Mapping[int, Run], pending: Pending) -> dict[int, float]:
        """Brings the trials and their runs to disk, or leaves them `pending`; returns each trial's score."""
        unique = {run.run_key: run for run in runs.values()}
        rows = {key: pending.rows[key] for key in unique.keys() & pending.rows.keys()}
        rows |= self.folder.run_rows((unique.keys() & self.folder.run_keys()) - rows.keys())
        new = [run for key, run in unique.items() if key not in rows]
        scores: dict[int, float] = {}
        for batch in list(batches(new)) or [[]]:
            new_rows, traces = compute(batch)
            rows.update({row["run_key"]: row for row in new_rows})
            ready = [number for number, run in runs.items() if number not in scores and run.run_key in rows]
            scores.update({number: score_of(rows[runs[number].run_key], cell.search.score) for number in ready})
            trial_rows = [_trial_row(cell, number, runs[number], scores[number]) for number in ready]
            self._count(pending.add(new_rows, trial_rows, traces))
            if not self.recorder:  # else the steps are those of logging, which takes longer
                self.on_step(cell, len(ready))
        return scores

    def _count(self, published: Published) -> None:
        self.added = Published(self.added.runs + published.runs, self.added.trials + published.trials)

    def _trials(self, cell: Cell) -> pd.DataFrame:
        """Those of a cell that are on disk and belong to this plan: fewer trials may be asked for than there are."""
        trials = self.folder.trials([cell.key])
        return trials[trials["trial"] < len(cell)].drop_duplicates("trial")

    def _is_complete(self, cell: Cell) -> bool:
        return len(self._trials(cell)) == len(cell)

    def _scores(self, cell: Cell) -> dict[int, float]:
        trials = self._trials(cell)
        return dict(zip(trials["trial"], trials["score"], strict=True))

    def _best(self, cell: Cell) -> Winner | None:
        """The winner of all shards once every trial is there, before that of this shard's runs."""
        trials = self._trials(cell)
        if len(trials) < len(cell):
            trials = trials[trials["run_key"].isin(self.runs)]
        if trials.empty:
            return None
        runs = self.folder.runs(trials["run_key"].unique())
        order = ordered(trials, runs)
        first = order.iloc[0]
        run = self._run(cell, first["run_key"])
        chosen = {name: run.hyperparameters[name] for name in cell.space}
        lost = int((order["outcome"] != "ok").sum())
        edges = cell.edges(chosen) if first["outcome"] == "ok" else []
        return Winner(cell, int(first["trial"]), run, float(first["score"]), len(trials), lost, edges)

    def _run(self, cell: Cell, run_key: str) -> Run:
        if run_key not in self.runs:  # another shard's
            self.runs[run_key] = cell.run(self.folder.run_rows([run_key])[run_key]["hyperparameters"])
        return self.runs[run_key]


def _trial_row(cell: Cell, number: int, run: Run, score: float) -> dict[str, Any]:
    return {
        "cell": cell.key,
        "objective": cell.problem.name,
        "optimizer": cell.optimizer_name,
        "repeat": cell.repeat,
        "trial": number,
        "phase": cell.phase,
        "regime": cell.regime,
        "run_key": run.run_key,
        "score": score,
    }
