"""What MLflow is told of one run: its numbers, its picture, its note, its files."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from rmsprop_lab.cell import Cell
from rmsprop_lab.descent import Trace
from rmsprop_lab.measures import curves, median_start
from rmsprop_lab.notes import run_note
from rmsprop_lab.plan import Study
from rmsprop_lab.plots.contour import ContourPainter
from rmsprop_lab.plots.encoding import Picture
from rmsprop_lab.run import Run
from rmsprop_lab.run_config import config_yaml
from rmsprop_lab.tables import small_parquet_bytes, trace_table
from rmsprop_lab.titles import picture_title
from rmsprop_lab.tracking.content import RunContent, metrics, params, run_name

_UNKNOWN: Any = SimpleNamespace(minimum=None, minimizers=None)  # in place of an objective
_UNDRAWN = "No contour plot: no command of this study describes the objective and the optimizer as they were."


class RunContents:
    """Describes the runs of one study; `hyperparameters` become params of every run."""

    def __init__(self, study: Study, hyperparameters: Sequence[str]) -> None:
        self._study, self._hyperparameters = study, hyperparameters
        self._painters: dict[int, ContourPainter] = {}

    def whole(
        self,
        cell: Cell,
        run: Run,
        row: dict[str, Any],
        trace: Trace | None,
        colour: str,
    ) -> RunContent:
        """A run of a cell, from its row and its trace on disk."""
        several = len(self._study.objectives) > 1
        objective = run.problem.name if several else ""
        if cell.is_untuned:
            name = " ".join([run.optimizer_name, "untuned", *objective.split()])
        else:
            name = run_name(run.optimizer_name, run.hyperparameters, list(cell.space), objective)
        lines = curves(trace, run.problem.objective) if trace else {}
        artifacts, images = {"config.yaml": config_yaml(run).encode()}, {}
        if trace is not None:  # else the run failed: there is its message, and nothing to draw
            picture = self.picture(run, row, trace)
            images["contour"] = picture.png, picture.small
            artifacts["contour.png"] = picture.png
            artifacts["trace.parquet"] = _trace_file(run.run_key, trace)
        return RunContent(
            run_key=run.run_key,
            name=name,
            params=params(row, self._hyperparameters, run.engine),
            points=list(metrics(row, lines, trace.iterations if trace else ())),
            tags=self._tags(row, cell.phase, cell.regime),
            colour=colour,
            note=run_note(run, row, picture=bool(images)),
            artifacts=artifacts,
            images=images,
        )

    def bare(self, row: dict[str, Any], trace: Trace | None, colour: str, phase: str, regime: str) -> RunContent:
        """A run whose objective and optimizer are not at hand: no picture, and no curve that needs the minimum."""
        given, lines = row["hyperparameters"], curves(trace, _UNKNOWN) if trace else {}
        return RunContent(
            run_key=row["run_key"],
            name=run_name(row["optimizer"], given, list(given), row["objective"]),
            params=params(row, self._hyperparameters, "unknown"),
            points=list(metrics(row, lines, trace.iterations if trace else ())),
            tags=self._tags(row, phase, regime),
            colour=colour,
            note=row["message"] or _UNDRAWN,
            artifacts={"trace.parquet": _trace_file(row["run_key"], trace)} if trace else {},
        )

    def picture(self, run: Run, row: dict[str, Any], trace: Trace) -> Picture:
        """The contour plot of one run."""
        painter = self._painters.get(id(run.problem))
        if painter is None:
            painter = self._painters[id(run.problem)] = ContourPainter(run.problem.objective, run.problem.points)
        return painter.picture(trace.points, median_start(trace.values[-1]), picture_title(run, row))

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
    return small_parquet_bytes(trace_table([run_key], trace))
