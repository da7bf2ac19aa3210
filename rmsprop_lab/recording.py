"""What a study tells MLflow: each of its runs that is on disk and not there yet, with its picture."""

import dataclasses
import importlib.metadata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import yaml

from rmsprop_lab.base import Objective
from rmsprop_lab.cell import Cell
from rmsprop_lab.colours import hues, shade
from rmsprop_lab.compare.ranking import best_keys
from rmsprop_lab.descent import Trace
from rmsprop_lab.identity import given_fields
from rmsprop_lab.measures import curves, median_start
from rmsprop_lab.plan import Study
from rmsprop_lab.plots import BUDGET, COMPARISON, IMPORTANCE, SENSITIVITY
from rmsprop_lab.plots.contour import ContourPainter
from rmsprop_lab.results import StudyFolder
from rmsprop_lab.run import Run, batches
from rmsprop_lab.tables import parquet_bytes, trace_table
from rmsprop_lab.targets import qualified_name
from rmsprop_lab.titles import experiment_note, picture_title
from rmsprop_lab.tracking.content import RunContent, metrics, params, run_name
from rmsprop_lab.tracking.page import VIEWS, view_link, view_tags
from rmsprop_lab.tracking.tracker import MlflowTracker, StudyTracker


class Recorder:
    """Fills a study's MLflow experiment from its folder; logs only what is missing there."""

    def __init__(self, study: Study, folder: StudyFolder, tracker: MlflowTracker) -> None:
        self._study, self._folder = study, folder
        self._hues = hues([*folder.trials()["optimizer"], *study.optimizers])
        self._painters: dict[int, ContourPainter] = {}
        self._hyperparameters = _hyperparameter_names(study, folder)
        with folder.lock():
            self.tracker: StudyTracker = tracker.study(study.name, self._hyperparameters)

    def record(
        self, cell: Cell, runs: Sequence[Run], on_run: Callable[[], None], tags: Mapping[str, str] | None = None
    ) -> int:
        """Logs the runs of one cell that MLflow has not, with further `tags`; returns how many.

        `on_run` is called for each run.
        """
        logged = 0
        with self._folder.lock():
            present = self.tracker.run_ids()
            missing = [run for run in runs if run.run_key not in present]
            for _ in range(len(runs) - len(missing)):
                on_run()
            hue = self._hues[cell.optimizer_name]
            colours = {run.run_key: shade(hue, index / len(runs)) for index, run in enumerate(runs)}
            for content in self._contents(cell, missing, colours, tags or {}):
                self.tracker.log(content)
                logged += 1
                on_run()
        return logged

    def conclude(self, best: pd.DataFrame, drawn: bool) -> None:
        """The experiment's page, and the study's figures with the best run on each objective.

        `drawn`: whether the figures have changed; otherwise they are logged only where they are missing.
        """
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
    ) -> Iterator[RunContent]:
        for batch in batches(runs):
            keys = [run.run_key for run in batch]
            rows, traces = self._folder.run_rows(keys), self._folder.trace_of(keys)
            for run in batch:
                content = self._content(cell, run, rows[run.run_key], traces.get(run.run_key), colours[run.run_key])
                yield dataclasses.replace(content, tags={**content.tags, **tags})

    def _content(self, cell: Cell, run: Run, row: dict[str, Any], trace: Trace | None, colour: str) -> RunContent:
        several = len(self._study.objectives) > 1
        name = run_name(run.optimizer_name, run.hyperparameters, list(cell.space), run.problem.name if several else "")
        tags = {
            "study": self._study.name,
            "objective": row["objective"],
            "optimizer": row["optimizer"],
            "phase": cell.phase,
            "regime": cell.regime,
            "outcome": row["outcome"],
        }
        lines = curves(trace, run.problem.objective) if trace else {}
        artifacts, images = {"config.yaml": _config(run).encode()}, {}
        if trace is None:  # the run failed: there is its message, and nothing to draw
            tags["mlflow.note.content"] = row["message"]
        else:
            images["contour"] = self.picture(run, row, trace)
            artifacts["contour.png"] = images["contour"]
            artifacts["trace.parquet"] = parquet_bytes(trace_table([run.run_key], trace))
        return RunContent(
            run_key=run.run_key,
            name=name,
            params=params(row, self._hyperparameters, run.engine),
            points=list(metrics(row, lines, trace.iterations.tolist() if trace else [])),
            tags=tags,
            colour=colour,
            artifacts=artifacts,
            images=images,
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


def _config(run: Run) -> str:
    """The run as configuration: what `rmsprop-lab` would have to be given to compute it again."""
    config = {
        "run_key": run.run_key,
        "objective": {run.problem.name: _spec(run.problem.objective)},
        "optimizer": {run.optimizer_name: _spec(run.optimizer)},
        "starts": {"method": "fixed", "points": run.problem.points.T.tolist()},
        "n_iter": run.problem.n_iter,
        "versions": {name: importlib.metadata.version(name) for name in ("rmsprop-lab", "numpy")},
    }
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True)


def _spec(part: Any) -> dict[str, Any]:
    return {
        "_target_": qualified_name(type(part)),
        **{name: _plain(value) for name, value in given_fields(part).items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Objective):
        return _spec(value)
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
