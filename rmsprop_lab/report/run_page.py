"""Collects what MLflow shows of a run: numbers, picture, note and files."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import numpy as np

from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.curves import curves, thinned
from rmsprop_lab.evaluation.quantiles import median_start
from rmsprop_lab.evaluation.sampling import shown_range
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots.encoding import Picture
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.run_picture.drawing import Sketch
from rmsprop_lab.plots.run_picture.workers import PictureWorkers
from rmsprop_lab.plots.shading import DEEP, TUTORIAL
from rmsprop_lab.report.markdown import escaped
from rmsprop_lab.report.notes import run_note
from rmsprop_lab.report.run_config import config_yaml
from rmsprop_lab.report.wording import picture_title
from rmsprop_lab.storage.schema import small_parquet_bytes, trace_table
from rmsprop_lab.tracking.content import RunContent, metrics, params, run_name

_UNKNOWN: Any = SimpleNamespace(minimum=None, minimizers=None)  # in place of an objective
_UNDRAWN = "No contour plot: no recorded config of this study gives the objective and optimizer of this run."

_MOST_PAINTERS = 32  # of 2 MB each
_STAND_IN = Picture(b"undrawn", b"undrawn")


class RunContents:
    """Collects the contents of a study's runs for MLflow.

    Args:
        study: The study.
        hyperparameters: Names that become params of every run, empty where a run does not have them.
    """

    def __init__(self, study: Study, hyperparameters: Sequence[str]) -> None:
        self._study, self._hyperparameters = study, hyperparameters
        self._painters: dict[tuple[str, bytes], ContourPainter] = {}
        self._workers = PictureWorkers(len(study))

    def close(self) -> None:
        """Ends the processes that draw, and leaves what was begun."""
        self._workers.close()

    def wholes(
        self,
        runs: Sequence[tuple[Cell, Run]],
        rows: Mapping[str, dict[str, Any]],
        traces: Mapping[str, Trace],
        colours: Mapping[str, str],
    ) -> Iterator[RunContent]:
        """The contents of runs. Their pictures are begun here, and waited for when a content is asked for.

        Args:
            runs: The runs, each with its cell.
            rows: The rows of the runs, by run key.
            traces: Their traces, by run key; failed runs have none.
            colours: Their colours, by run key.
        """
        drawn = self._workers.draw(self._sketches(runs, rows, traces))
        return self._wholes(runs, rows, traces, colours, drawn)

    def _wholes(
        self,
        runs: Sequence[tuple[Cell, Run]],
        rows: Mapping[str, dict[str, Any]],
        traces: Mapping[str, Trace],
        colours: Mapping[str, str],
        drawn: Iterator[Picture],
    ) -> Iterator[RunContent]:
        traced = {run.run_key: traces[run.run_key] for _, run in runs if run.run_key in traces}
        with ThreadPoolExecutor(1) as writer:  # writing Parquet releases Python's lock
            files = writer.map(_trace_file, traced.keys(), traced.values())
            for cell, run in runs:
                key, trace = run.run_key, traces.get(run.run_key)
                picture, file = (next(drawn), next(files)) if trace else (None, None)
                yield self._whole(cell, run, rows[key], colours[key], trace, picture, file)

    def undrawn(
        self,
        runs: Sequence[tuple[Cell, Run]],
        rows: Mapping[str, dict[str, Any]],
        traces: Mapping[str, Trace],
        colours: Mapping[str, str],
    ) -> Iterator[RunContent]:
        """The same as `wholes`, with a word in place of each picture: drawing them takes most of the time."""
        for cell, run in runs:
            key = run.run_key
            trace = traces.get(key)
            picture, file = (_STAND_IN, _trace_file(key, trace)) if trace else (None, None)
            yield self._whole(cell, run, rows[key], colours[key], trace, picture, file)

    def _sketches(
        self, runs: Sequence[tuple[Cell, Run]], rows: Mapping[str, dict[str, Any]], traces: Mapping[str, Trace]
    ) -> Iterator[Sketch]:
        for _, run in runs:
            if trace := traces.get(run.run_key):
                title = picture_title(run, rows[run.run_key])
                yield Sketch(self.painter(run.problem), trace.points, median_start(trace.values[-1]), title)

    def _whole(
        self,
        cell: Cell,
        run: Run,
        row: dict[str, Any],
        colour: str,
        trace: Trace | None,
        picture: Picture | None,
        trace_file: bytes | None,
    ) -> RunContent:
        several = len(self._study.objectives) > 1
        objective = run.problem.name if several else ""
        if cell.is_untuned:
            name = " ".join(filter(None, [run.optimizer_name, objective, "untuned"]))
        else:
            varied = list(self._study.spaces.get(run.optimizer_name, {}))
            name = run_name(run.optimizer_name, run.hyperparameters, varied, objective)
        lines = curves(trace, run.problem.objective) if trace else {}
        artifacts, images = {"config.yaml": config_yaml(run).encode()}, {}
        if picture and trace_file:  # a failed run has only a message
            images["contour", 0] = picture.png, picture.small
            artifacts["contour.png"] = picture.png
            artifacts["trace.parquet"] = trace_file
        return RunContent(
            run_key=run.run_key,
            name=name,
            params=params(row, self._hyperparameters, run.engine),
            points=list(metrics(row, lines, trace.iterations if trace else ())),
            tags=self._tags(row, cell.phase, cell.regime),
            colour=colour,
            note=run_note(run, row, bool(images), self._study.name),
            artifacts=artifacts,
            images=images,
        )

    def bare(self, row: dict[str, Any], trace: Trace | None, colour: str, phase: str, regime: str) -> RunContent:
        """The content of a run whose objective is unknown: no picture, no curve that needs the minimum.

        Args:
            row: The run's row.
            trace: Its trace; None for a failed run.
            colour: Its colour.
            phase: The phase of its first trial.
            regime: The regime of its first trial.
        """
        given, lines = row["hyperparameters"], curves(trace, _UNKNOWN) if trace else {}
        return RunContent(
            run_key=row["run_key"],
            name=run_name(row["optimizer"], given, list(given), row["objective"]),
            params=params(row, self._hyperparameters, "unknown"),
            points=list(metrics(row, lines, trace.iterations if trace else ())),
            tags=self._tags(row, phase, regime),
            colour=colour,
            note=escaped(row["message"]) if row["message"] else _UNDRAWN,
            artifacts={"trace.parquet": _trace_file(row["run_key"], trace)} if trace else {},
        )

    def painter(self, problem: Problem) -> ContourPainter:
        """The painter of a problem: that of another one with the same objective, if it shows the same range."""
        key = problem.name, shown_range(problem.objective, problem.points).tobytes()
        found = self._painters.get(key)
        if found is None or found.objective is not problem.objective:
            if len(self._painters) >= _MOST_PAINTERS:
                del self._painters[next(iter(self._painters))]
            shading = TUTORIAL if self._study.is_tutorial else DEEP
            found = self._painters[key] = ContourPainter(problem.objective, problem.points, shading)
        return found

    def _tags(self, row: Mapping[str, Any], phase: str, regime: str) -> dict[str, str]:
        return {
            "study": self._study.name,
            "objective": row["objective"],
            "optimizer": row["optimizer"],
            "phase": phase,
            "regime": regime,
            "outcome": row["outcome"],
        }


def _trace_file(run_key: str, trace: Trace) -> bytes:
    """A run's trace as MLflow has it: some of the iterations, in half the digits; the study's folder has all of it."""
    some = trace.at(np.unique(np.searchsorted(trace.iterations, thinned(int(trace.iterations[-1]) + 1))))
    return small_parquet_bytes(trace_table([run_key], some))
