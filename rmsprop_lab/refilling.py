"""`task=refill`: fills a store with every run of a study's folder, whichever command computed it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rmsprop_lab.compare.ranking import best_runs
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan import Cell, Run, Study
from rmsprop_lab.recording import Recorder
from rmsprop_lab.results import StudyFolder
from rmsprop_lab.study import OnProgress
from rmsprop_lab.tracking.tracker import MlflowTracker


@dataclass(frozen=True)
class Refill:
    """How many runs the folder has, MLflow had not, and were logged without a contour plot."""

    runs: int
    logged: int
    without_picture: int
    experiment_id: str


def refill(studies: Sequence[Study], folder: StudyFolder, tracker: MlflowTracker, on_progress: OnProgress) -> Refill:
    """Logs what MLflow lacks. `studies`: what the study's commands asked for, the newest first.

    They give the objectives and optimizers that pictures need: a run of theirs is one whose key comes out the same.
    A run that none of them describes is logged without a picture and without the curves that need the minimum.
    Raises `InputError` for a folder without runs, `TrackingError` if the store fails.
    """
    rows = folder.run_rows(folder.run_keys())
    if not rows:
        raise InputError("name", "the name of a study that has runs", Found(f"none in {folder.path}"))
    recorder = Recorder(studies[0], folder, tracker)
    found = _found(studies, rows)
    lost = sorted(rows.keys() - {run.run_key for _, runs in found for run in runs})
    done = logged = 0

    def step() -> None:
        nonlocal done
        done += 1
        on_progress(done, len(rows), "filling MLflow")

    for cell, runs in found:
        logged += recorder.record(cell, runs, step)
    unpictured = recorder.record_rows({key: rows[key] for key in lost}, step)
    trials = folder.trials(cell.key for cell in studies[0].cells)
    trials = folder.trials() if trials.empty else trials
    recorder.conclude(best_runs(trials, folder.runs(trials["run_key"].unique())), drawn=False)
    if recorder.failure:
        raise recorder.failed(rows)
    return Refill(len(rows), logged + unpictured, unpictured, recorder.tracker.experiment_id)


def _found(studies: Sequence[Study], rows: Mapping[str, Mapping[str, Any]]) -> list[tuple[Cell, list[Run]]]:
    """The runs that a cell of these studies gives again, by cell."""
    cells = {cell.key: cell for study in reversed(studies) for cell in study.cells}
    by_labels = defaultdict[tuple[str, str], list[Cell]](list)
    for cell in cells.values():
        by_labels[cell.problem.name, cell.optimizer_name].append(cell)
    found = defaultdict[str, list[Run]](list)
    for key, row in rows.items():
        for cell in by_labels[row["objective"], row["optimizer"]]:
            run = _again(cell, row)
            if run is not None and run.run_key == key:
                found[cell.key].append(run)
                break
    return [(cells[key], runs) for key, runs in found.items()]


def _again(cell: Cell, row: Mapping[str, Any]) -> Run | None:
    try:
        return cell.run(row["hyperparameters"])
    except (TypeError, InputError):  # the class has other fields now, or takes other values
        return None
