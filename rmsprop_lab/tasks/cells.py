"""Does the work of a study cell by cell: chooses trials, computes them, writes them to disk, logs them to MLflow."""

import dataclasses
import time
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from rmsprop_lab.compare.trial_order import ordered
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.evaluation.measures import MEANS
from rmsprop_lab.evaluation.scored import scores_of
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.run import Run, batches
from rmsprop_lab.plan.study import Study
from rmsprop_lab.search import Searcher, searcher_for
from rmsprop_lab.search.fixed import Fixed
from rmsprop_lab.storage.buffer import Buffer
from rmsprop_lab.storage.folder import Published, StudyFolder
from rmsprop_lab.storage.schema import run_table, start_table, trace_table, trial_table
from rmsprop_lab.storage.times import NAME as TIMES
from rmsprop_lab.storage.times import time_table

if TYPE_CHECKING:
    from rmsprop_lab.tasks.recorder import Recorder

OnStep = Callable[[Cell, int], None]
"""Called with a cell and the number of its trials that were done since the last call."""
MOST_WIDENINGS = 4
"""How often a search is repeated in a wider space."""
_LOGGED_TOGETHER = 200  # runs; logging a few costs as much as logging a hundred
_LOGGED_AFTER = 2.0  # seconds of work


class Work:
    """Computes the cells of a study, writes them to disk, logs them to MLflow, and counts what was done.

    Its attributes are the results:

    - `runs`: the runs of this study, by key;
    - `winners`: the winner of each search;
    - `references`: the optimizers as configured, on the starts of the search, by objective, optimizer and repeat;
    - `added`: numbers of runs and trials that are new in the folder;
    - `logged`: number of runs that are new in MLflow.

    Args:
        study: The study.
        folder: Its folder.
        recorder: Logs to MLflow; None to log nothing.
        on_step: Called with a cell and a number of trials that were done.
    """

    def __init__(self, study: Study, folder: StudyFolder, recorder: "Recorder | None", on_step: OnStep) -> None:
        self._study, self._folder, self._on_step = study, folder, on_step
        self.recorder = recorder
        self._buffer = Buffer(folder)
        self._unlogged: list[tuple[Cell, list[Run]]] = []
        self._logged_at = time.monotonic()
        self._scores: dict[str, float] = {}  # by run key, those met so far
        self.runs: dict[str, Run] = {}
        self.winners: list[Winner] = []
        self.references: dict[tuple[str, str, int], Run] = {}
        self.added = Published(0, 0)

    @property
    def logged(self) -> int:
        return self.recorder.tracker.added if self.recorder else 0

    def do(self) -> None:
        """Does all work of the study's shard."""
        try:
            self._compute_and_log()
        finally:
            if self.recorder:
                self.recorder.close()

    def _compute_and_log(self) -> None:
        try:
            for cell in self._study.cells:
                if self._study.evaluates:
                    for run in self._search(self._study.reference(cell)).values():
                        self.references[cell.problem.name, cell.optimizer_name, cell.repeat] = run
                if winner := self._winner(cell):
                    self.winners.append(winner)
        finally:  # also after Ctrl-C
            self._count(self._buffer.publish())
        self._log()
        if self.recorder:
            self.recorder.finish()

    def recall(self) -> None:
        """Finds the winners of the searches that are on disk. Nothing is computed or logged."""
        for cell in self._study.cells:
            if winner := self._found(cell, self._recall):
                self.winners.append(winner)

    def _winner(self, cell: Cell) -> Winner | None:
        """Searches a cell, and wider spaces if `widen` is set; None if the cell has no runs on this shard."""
        if cell.search.learns and not self._study.is_mine(cell):  # an adaptive search belongs to one shard as a whole
            self._on_step(cell, len(cell))
            return None
        return self._found(cell, self._search)

    def _found(self, cell: Cell, search: Callable[[Cell], dict[int, Run]]) -> Winner | None:
        if not search(cell):
            return None
        found = self._best(cell)
        widens = cell.search.widen and (cell.search.learns or not self._study.is_part)  # else the closing step does
        for _ in range(MOST_WIDENINGS if widens else 0):
            if found is None or not found.edges or not self._is_complete(cell):
                break
            wider = cell.widened(found.edges)
            if not search(wider):
                break
            cell, found = wider, self._best(wider)
        if found is None or not self._is_complete(cell):
            return found
        if self._study.evaluates:
            return self._evaluated(cell, found, search)
        if search == self._search:
            self._keep_starts([found.run])
        return found

    def _evaluated(self, cell: Cell, found: Winner, search: Callable[[Cell], dict[int, Run]]) -> Winner:
        """The winner with the evaluations, on fresh starts, of itself and of the optimizer as configured."""
        again, default = self._study.evaluations(cell, found.run)
        shown, default_run = search(again).get(0), search(default).get(0)
        if shown is None or default_run is None:
            return found
        scores = {part.key: self._trial_scores(part)[0] for part in (again, default)}
        return dataclasses.replace(
            found,
            shown=shown,
            shown_score=scores[again.key],
            default=default_run,
            default_score=scores[default.key],
        )

    def _search(self, cell: Cell) -> dict[int, Run]:
        """Computes the runs of a cell that are not on disk; returns this shard's runs by trial."""
        searcher, own = self._searcher(cell), {}
        try:
            while trials := searcher.ask():
                asked = {trial.number: cell.run(trial.hyperparameters) for trial in trials}
                runs = {number: run for number, run in asked.items() if self._is_mine(cell, run)}
                self._on_step(cell, len(asked) - len(runs))
                own.update(runs)
                searcher.tell(self._compute(cell, runs))
        finally:  # also after Ctrl-C
            unique = {run.run_key: run for run in own.values() if run.run_key in self._scores}
            self.runs.update(unique)
        if self._is_judged(cell):
            self._keep_starts(unique.values())
        if self.recorder:
            self._unlogged.append((cell, list(unique.values())))
            self._on_step(cell, len(own) - len(unique))
            self._log_if_due()
        return own

    def _log_if_due(self) -> None:
        """Logs the runs that wait for it if they are many, or have waited long."""
        many = sum(len(runs) for _, runs in self._unlogged) >= _LOGGED_TOGETHER
        if many or time.monotonic() - self._logged_at >= _LOGGED_AFTER:
            self._log()

    def _log(self) -> None:
        """Begins to log the runs that wait for it to MLflow, once they are on disk."""
        if self.recorder and self._unlogged:
            self._count(self._buffer.publish())
            cells = iter([cell for cell, runs in self._unlogged for _ in runs])
            self.recorder.begin(self._unlogged, lambda: self._on_step(next(cells), 1))
            self._unlogged, self._logged_at = [], time.monotonic()

    def _recall(self, cell: Cell) -> dict[int, Run]:
        trials = self._trials(cell)
        numbers = dict(zip(trials["trial"], trials["run_key"], strict=True))
        given = self._folder.hyperparameters(numbers.values())
        own = {number: cell.run(given[key]) for number, key in numbers.items()}
        self.runs.update({run.run_key: run for run in own.values()})
        return own

    def _is_mine(self, cell: Cell, run: Run) -> bool:
        """Whether a run belongs to this shard. All runs of an adaptive search, and evaluations, do if the cell does."""
        return cell.search.learns or cell.phase == "evaluate" or self._study.is_mine(run)

    def _searcher(self, cell: Cell) -> Searcher:
        """The searcher of a cell. A complete adaptive search is read from disk; others start at their first trial."""
        if not cell.search.learns or not self._is_complete(cell):
            return searcher_for(cell)
        keys = self._trials(cell).sort_values("trial")["run_key"]
        given = self._folder.hyperparameters(keys)
        return Fixed(given[key] for key in keys)

    def _compute(self, cell: Cell, runs: Mapping[int, Run]) -> dict[int, float]:
        """Computes trials that are not on disk and adds them to the buffer; returns the score of each trial."""
        unique = {run.run_key: run for run in runs.values()}
        self._recall_scores(cell, unique.keys() - self._scores.keys())
        new = [run for key, run in unique.items() if key not in self._scores]
        scores: dict[int, float] = {}
        for batch in list(batches(new)) or [[]]:
            parts = compute(batch)
            for part in parts:
                self._scores.update(zip(part.run_keys, part.scores(cell.score), strict=True))
            ready = {n: run for n, run in runs.items() if n not in scores and run.run_key in self._scores}
            scores.update({number: self._scores[run.run_key] for number, run in ready.items()})
            tables = {
                "runs": map(run_table, parts),
                "trials": [trial_table(cell, ready, scores)],
                "traces": [trace_table(part.run_keys, part.trace) for part in parts],
                TIMES: map(time_table, parts),
                "starts": map(start_table, parts if self._is_judged(cell) else []),
            }
            self._count(self._buffer.add(tables))
            if not self.recorder:  # logging takes longer: with it, progress counts the logged runs
                self._on_step(cell, len(ready))
        return scores

    def _recall_scores(self, cell: Cell, run_keys: set[str]) -> None:
        """Looks up the scores of the runs that are on disk."""
        known = self._folder.run_keys(run_keys)
        if not known:
            return
        table = self._folder.run_table(known)
        columns = {name: table[name].to_numpy() for name in ("run_key", "outcome", MEANS[cell.score])}
        self._scores.update(zip(columns["run_key"], scores_of(columns, cell.score).tolist(), strict=True))

    def _is_judged(self, cell: Cell) -> bool:
        """Whether the runs of a cell are ranked as they are: evaluations, and without those, what was not searched."""
        return cell.phase == "evaluate" or (cell.search.method == "none" and not self._study.evaluates)

    def _keep_starts(self, runs: Collection[Run]) -> None:
        """Publishes the measures of each start of runs that lack them, such as the winner of a grid."""
        known = self._folder.start_keys([run.run_key for run in runs])
        for run in runs:
            if run.run_key not in known:
                tables = {"starts": map(start_table, compute([run], traced=False))}
                self._count(self._buffer.add(tables))

    def _count(self, published: Published) -> None:
        self.added = Published(self.added.runs + published.runs, self.added.trials + published.trials)

    def _trials(self, cell: Cell) -> pd.DataFrame:
        """The cell's trials on disk, without those beyond the number that this study asks for."""
        trials = self._folder.trials([cell.key])
        return trials[trials["trial"] < len(cell)].drop_duplicates("trial")

    def _is_complete(self, cell: Cell) -> bool:
        return len(self._trials(cell)) == len(cell)

    def _trial_scores(self, cell: Cell) -> dict[int, float]:
        trials = self._trials(cell)
        return dict(zip(trials["trial"], trials["score"], strict=True))

    def _best(self, cell: Cell) -> Winner | None:
        """The best trial of all shards if every trial is on disk, otherwise that of this shard."""
        trials = self._trials(cell)
        if len(trials) < len(cell):
            trials = trials[trials["run_key"].isin(self.runs)]
        if trials.empty:
            return None
        order = ordered(trials, self._folder.run_table(trials["run_key"].unique()).to_pandas())
        first = order.iloc[0]
        run = self._run(cell, first["run_key"])
        chosen = {name: run.hyperparameters[name] for name in cell.space}
        lost = int((order["outcome"] != "ok").sum())
        edges = cell.edges(chosen) if self._tells_of_edges(cell, order) else []
        for other in order.loc[order["score"] == first["score"], "run_key"].unique()[1:]:  # as good: also inside?
            edges = [edge for edge in edges if edge in cell.edges(self._run(cell, other).hyperparameters)]
        return Winner(cell, int(first["trial"]), run, float(first["score"]), len(trials), lost, edges)

    def _tells_of_edges(self, cell: Cell, order: pd.DataFrame) -> bool:
        """Whether the best trial says something about the space: it did not fail, and is better than another."""
        return order["outcome"].iloc[0] == "ok" and cell.search.method != "none" and order["score"].nunique() > 1

    def _run(self, cell: Cell, run_key: str) -> Run:
        if run_key not in self.runs:  # a run of another shard
            self.runs[run_key] = cell.run(self._folder.hyperparameters([run_key])[run_key])
        return self.runs[run_key]
