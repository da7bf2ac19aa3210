"""What a study tells MLflow: each of its runs that is on disk and not there yet, with its picture."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rmsprop_lab.cell import Cell
from rmsprop_lab.colours import hues, shade
from rmsprop_lab.compare.ranking import best_keys, first_uses
from rmsprop_lab.descent import Trace
from rmsprop_lab.errors import TrackingError
from rmsprop_lab.identity import given_fields
from rmsprop_lab.measures import curves, median_start
from rmsprop_lab.plan import Study
from rmsprop_lab.plots import BUDGET, COMPARISON, IMPORTANCE, SENSITIVITY
from rmsprop_lab.plots.contour import ContourPainter
from rmsprop_lab.results import StudyFolder
from rmsprop_lab.run import Run, batches
from rmsprop_lab.run_config import config_yaml
from rmsprop_lab.tables import small_parquet_bytes, trace_table
from rmsprop_lab.titles import experiment_note, picture_title
from rmsprop_lab.tracking.content import RunContent, metrics, params, run_name
from rmsprop_lab.tracking.page import VIEWS, view_link, view_tags
from rmsprop_lab.tracking.tracker import MlflowTracker, StudyTracker

_AT_ONCE = 200  # runs that appear together; their pictures are in memory
_FEW = 20  # the same where nothing is known of how long their traces are
_UNKNOWN: Any = SimpleNamespace(minimum=None, minimizers=None)  # in place of an objective


class Recorder:
    """Fills a study's MLflow experiment from its folder; logs only what is missing there.

    Once the store has failed it is left alone, and the study goes on without it: `failure` says why.
    """

    def __init__(self, study: Study, folder: StudyFolder, tracker: MlflowTracker) -> None:
        self._study, self._folder = study, folder
        self._hues = hues([*folder.trials()["optimizer"], *study.optimizers])
        self._painters: dict[int, ContourPainter] = {}
        self._hyperparameters = _hyperparameter_names(study, folder)
        self.failure: TrackingError | None = None
        with folder.lock():
            self.tracker: StudyTracker = tracker.study(study.name, self._hyperparameters)

    def record(
        self, cell: Cell, runs: Sequence[Run], on_run: Callable[[], None], tags: Mapping[str, str] | None = None
    ) -> int:
        """Logs the runs of one cell that MLflow has not, with further `tags`; returns how many.

        `on_run` is called for each run.
        """
        hue, before, left = self._hues[cell.optimizer_name], self.tracker.added, len(runs)
        colours = {run.run_key: shade(hue, index / len(runs)) for index, run in enumerate(runs)}

        def passed() -> None:
            nonlocal left
            left -= 1
            on_run()

        try:
            if self.failure is None:
                missing = self._missing(runs)
                for _ in range(len(runs) - len(missing)):
                    passed()
                for contents in self._contents(cell, missing, colours, tags or {}):
                    with self._folder.lock():
                        self.tracker.log_all(contents, passed)
        except TrackingError as error:
            self.failure = error
        for _ in range(left):
            on_run()
        return self.tracker.added - before

    def record_rows(self, rows: Mapping[str, dict[str, Any]], on_run: Callable[[], None]) -> int:
        """Logs runs whose objective and optimizer are not at hand, from what is on disk; returns how many.

        There is no picture of them, and no curve that needs the minimum.
        """
        before, uses = self.tracker.added, first_uses(self._folder.trials())
        try:
            for low in range(0, len(rows) if self.failure is None else 0, _FEW):
                keys = list(rows)[low : low + _FEW]
                traces = self._folder.trace_of(keys)
                contents = [self._bare_content(rows[key], traces.get(key), *uses[key]) for key in keys]
                with self._folder.lock():
                    self.tracker.log_all(contents, on_run)
        except TrackingError as error:
            self.failure = error
        return self.tracker.added - before

    def failed(self, run_keys: Collection[str]) -> TrackingError:
        """What to tell of a `failure`: why, how many of these runs MLflow lacks, and how they get there."""
        lacks = len(set(run_keys) - self.tracker.known)
        return TrackingError(
            f"{self.failure}. Of {len(run_keys)} runs, {lacks} are not known to be in MLflow; all of them are on disk, "
            "and the same command logs what MLflow lacks."
        )

    def _missing(self, runs: Sequence[Run]) -> list[Run]:
        with self._folder.lock():
            present = self.tracker.run_ids()
        return [run for run in runs if run.run_key not in present]

    def conclude(self, best: pd.DataFrame, drawn: bool) -> None:
        """The experiment's page, and the study's figures with the best run on each objective.

        `drawn`: whether the figures have changed; otherwise they are logged only where they are missing.
        """
        if self.failure is None:
            try:
                self._conclude(best, drawn)
            except TrackingError as error:
                self.failure = error

    def _conclude(self, best: pd.DataFrame, drawn: bool) -> None:
        note = experiment_note(self._study, best, *(view_link(self.tracker.experiment_id, key) for key in VIEWS))
        with self._folder.lock():
            self.tracker.describe(note, view_tags(self._hyperparameters))
            self.tracker.mark_best(best_keys(self._folder.trials(), self._folder.runs()))
            run_ids = self.tracker.run_ids()
        for row in best[best["rank"] == 1].to_dict("records"):
            run_id = run_ids[row["run_key"]]
            if drawn or not self.tracker.has_artifacts(run_id, "figures"):
                paths = [*(self._folder.path / "figures").glob(f"{row['objective']}_*.png")]
                whole = [self._folder.path / "figures" / name for name in (COMPARISON, SENSITIVITY, BUDGET, IMPORTANCE)]
                paths += [path for path in whole if path.exists()]
                self.tracker.add_artifacts(run_id, {f"figures/{path.name}": path.read_bytes() for path in paths})

    def _contents(
        self, cell: Cell, runs: Sequence[Run], colours: Mapping[str, str], tags: Mapping[str, str]
    ) -> Iterator[list[RunContent]]:
        for batch in batches(runs):
            keys = [run.run_key for run in batch]
            rows, traces = self._folder.run_rows(keys), self._folder.trace_of(keys)
            for low in range(0, len(batch), _AT_ONCE):
                yield [
                    self._content(cell, run, rows[run.run_key], traces.get(run.run_key), colours[run.run_key], tags)
                    for run in batch[low : low + _AT_ONCE]
                ]

    def _content(
        self,
        cell: Cell,
        run: Run,
        row: dict[str, Any],
        trace: Trace | None,
        colour: str,
        further: Mapping[str, str],
    ) -> RunContent:
        several = len(self._study.objectives) > 1
        name = run_name(run.optimizer_name, run.hyperparameters, list(cell.space), run.problem.name if several else "")
        tags = {
            "study": self._study.name,
            "objective": row["objective"],
            "optimizer": row["optimizer"],
            "phase": cell.phase,
            "regime": cell.regime,
            "outcome": row["outcome"],
            **further,
        }
        lines = curves(trace, run.problem.objective) if trace else {}
        artifacts, images = {"config.yaml": config_yaml(run).encode()}, {}
        if trace is None:  # the run failed: there is its message, and nothing to draw
            tags["mlflow.note.content"] = row["message"]
        else:
            images["contour"] = self.picture(run, row, trace)
            artifacts["contour.png"] = images["contour"]
            artifacts["trace.parquet"] = small_parquet_bytes(trace_table([run.run_key], trace))
        return RunContent(
            run_key=run.run_key,
            name=name,
            params=params(row, self._hyperparameters, run.engine),
            points=list(metrics(row, lines, _iterations(trace))),
            tags=tags,
            colour=colour,
            artifacts=artifacts,
            images=images,
        )

    def _bare_content(self, row: dict[str, Any], trace: Trace | None, phase: str, regime: str) -> RunContent:
        given = row["hyperparameters"]
        tags = {
            "study": self._study.name,
            "objective": row["objective"],
            "optimizer": row["optimizer"],
            "phase": phase,
            "regime": regime,
            "outcome": row["outcome"],
            "mlflow.note.content": row["message"]
            or "No contour plot: no command of this study describes the objective and the optimizer as they were.",
        }
        lines = curves(trace, _UNKNOWN) if trace else {}
        return RunContent(
            run_key=row["run_key"],
            name=run_name(row["optimizer"], given, list(given), row["objective"]),
            params=params(row, self._hyperparameters, "unknown"),
            points=list(metrics(row, lines, _iterations(trace))),
            tags=tags,
            colour=self._hues[row["optimizer"]],
            artifacts={"trace.parquet": small_parquet_bytes(trace_table([row["run_key"]], trace))} if trace else {},
        )

    def picture(self, run: Run, row: dict[str, Any], trace: Trace) -> bytes:
        """The contour plot of one run."""
        painter = self._painters.get(id(run.problem))
        if painter is None:
            painter = self._painters[id(run.problem)] = ContourPainter(run.problem.objective, run.problem.points)
        return painter.png(trace.points, median_start(trace.values[-1]), picture_title(run, row))


def _hyperparameter_names(study: Study, folder: StudyFolder) -> list[str]:
    names = dict.fromkeys(name for optimizer in study.optimizers.values() for name in given_fields(optimizer))
    names.update(dict.fromkeys(folder.hyperparameter_names()))
    return list(names)


def _iterations(trace: Trace | None) -> NDArray[np.int64]:
    return np.empty(0, np.int64) if trace is None else trace.iterations
