"""`task=refill`: logs every run of a study's folder to MLflow, whoever computed it, and mends what is there."""

from collections.abc import Sequence
from dataclasses import dataclass

from rmsprop_lab.compare.trial_order import first_uses
from rmsprop_lab.compare.winner import edges_told
from rmsprop_lab.config.recorded import Recorded
from rmsprop_lab.errors import Found, InputError, TrackingError
from rmsprop_lab.report.judgement import judge
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.recorder import Recorder
from rmsprop_lab.tasks.reproduced import reproduced
from rmsprop_lab.tasks.run import OnProgress
from rmsprop_lab.tasks.whole import newest_whole, recalled
from rmsprop_lab.tracking.tracker import MlflowTracker


@dataclass(frozen=True)
class Refill:
    """What `task=refill` did.

    Args:
        runs: Number of runs in the folder.
        logged: Number of those that are new in MLflow.
        restored: Number of those of which MLflow had lost files, metrics, params or tags.
        without_picture: Number of those that were logged without a contour plot.
        experiment_id: The study's experiment in MLflow.
    """

    runs: int
    logged: int
    restored: int
    without_picture: int
    experiment_id: str


def refill(
    recorded: Sequence[Recorded], folder: StudyFolder, tracker: MlflowTracker, on_progress: OnProgress
) -> Refill:
    """Logs the runs of a folder that are not in MLflow, and restores what MLflow has lost of those that are.

    Pictures need the objective and the optimizer of a run. They come from the recorded study in which a run has the
    same key. A run of no recorded study is logged without a picture and without the curves that need the minimum.

    Args:
        recorded: The studies that the folder's commands recorded, the newest first; at least one.
        folder: The study's folder.
        tracker: The MLflow store.
        on_progress: Called with the runs done, the runs in all, and what is being done.

    Raises:
        InputError: The folder has no runs (key `name`).
        TrackingError: The store fails.
    """
    folder.mend()
    rows = folder.run_rows(folder.run_keys())
    if not rows:
        raise InputError("name", "the name of a study that has runs", Found(f"none in {folder.path}"))
    studies = [study for study, _ in recorded]
    recorder = Recorder(studies[0], folder, tracker)
    plans = [recalled(study, folder, withheld) for study, withheld in recorded]
    found = reproduced(studies, rows, first_uses(folder.trials()))
    lost = sorted(rows.keys() - {run.run_key for _, runs in found for run in runs})
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        on_progress(done, len(rows), "logging to MLflow")

    bare = {key: rows[key] for key in lost}
    try:
        restored = sum(recorder.restore(cell, runs) for cell, runs in found)
        logged = recorder.record(found, step)
        restored += recorder.restore_rows(bare)
        unpictured = recorder.record_rows(bare, step)
    finally:
        recorder.close()
    whole = newest_whole(plans, folder)
    judgement = None if whole is None else judge(whole.study, folder, whole.winners, folder.runs())
    edges = edges_told(winner for plan in plans for winner in plan.winners)
    recorder.conclude(judgement, edges, drawn=False, runs=len(rows))
    if recorder.failure:
        raise recorder.failed(rows)
    if recorder.unwritten:
        raise TrackingError(f"{len(rows)} runs are in MLflow, but not the experiment's page: {recorder.unwritten}")
    return Refill(len(rows), logged + unpictured, restored, unpictured, recorder.tracker.experiment_id)
