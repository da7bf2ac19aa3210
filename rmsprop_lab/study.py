"""Runs a study: plan, batched descent, measures, results on disk, MLflow, comparison."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from rmsprop_lab.batch import compute
from rmsprop_lab.compare.ranking import best_runs
from rmsprop_lab.errors import InputError
from rmsprop_lab.measures import score_of
from rmsprop_lab.pictures import draw
from rmsprop_lab.plan import Cell, Run, Study, batches
from rmsprop_lab.results import StudyFolder
from rmsprop_lab.search import searcher_for
from rmsprop_lab.tables import run_table, trial_table

if TYPE_CHECKING:
    from rmsprop_lab.recording import Recorder
    from rmsprop_lab.tracking.tracker import MlflowTracker

OnProgress = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all, and what is being done."""


@dataclass
class Summary:
    """What a command did, and the ranked best runs of its own plan (`compare.ranking.best_runs`)."""

    study: Study
    folder: StudyFolder
    computed: int = 0
    """New runs on disk."""
    logged: int = 0
    """New runs in MLflow."""
    added: bool = False
    """Whether the study's folder has anything that it had not before."""
    runs: dict[str, Run] = field(default_factory=dict)
    best: pd.DataFrame = field(default_factory=pd.DataFrame)
    failed: dict[str, str] = field(default_factory=dict)
    """The message of each run of this plan whose objective or optimizer raised an error, by run key."""
    experiment_id: str | None = None
    steps: int = 0


def run_study(
    study: Study,
    *,
    output_dir: str | Path = "outputs",
    tracking: "MlflowTracker | Literal['mlflow', 'none']" = "mlflow",
    on_progress: OnProgress | None = None,
    summary: Summary | None = None,
) -> Summary:
    """Computes what the study's folder lacks, writes it there, and logs to MLflow what is missing there.

    Interrupted anywhere, the same call goes on where it stopped; a `summary` that is given is filled along
    the way and so tells what was done even then. Raises `InputError` for a store that cannot be opened,
    `ResultsError` for a folder that fails on the way; `TrackingError` for a store that does, once all is on disk.
    """
    summary = summary or Summary(study, StudyFolder(output_dir, study.name))
    recorder = _recorder(summary, tracking, output_dir)
    steps = len(study)

    def step(cell: Cell, count: int) -> None:
        summary.steps += count
        if on_progress:
            on_progress(summary.steps, steps, f"{cell.optimizer_name} on {cell.problem.name}")

    for cell in study.cells:
        search = searcher_for(cell)
        while trials := search.ask():
            asked = {trial.number: cell.run(trial.hyperparameters) for trial in trials}
            runs = {number: run for number, run in asked.items() if summary.study.is_mine(run)}
            step(cell, len(asked) - len(runs))
            unique = {run.run_key: run for run in runs.values()}
            search.tell(_compute(cell, runs, summary, None if recorder else step))
            if recorder:
                summary.logged += recorder.record(cell, list(unique.values()), lambda: step(cell, 1))  # noqa: B023
                step(cell, len(runs) - len(unique))
            summary.runs.update(unique)
    _conclude(summary, recorder)
    if recorder and recorder.failure:
        raise recorder.failed(summary.runs)
    return summary


def _compute(
    cell: Cell, runs: Mapping[int, Run], summary: Summary, step: Callable[[Cell, int], None] | None
) -> dict[int, float]:
    """Brings the trials and their runs to disk; returns each trial's score."""
    folder = summary.folder
    unique = {run.run_key: run for run in runs.values()}
    rows = folder.run_rows(unique.keys() & folder.run_keys())
    new = [run for key, run in unique.items() if key not in rows]
    scores: dict[int, float] = {}
    for batch in list(batches(new)) or [[]]:
        new_rows, traces = compute(batch)
        rows.update({row["run_key"]: row for row in new_rows})
        ready = [number for number, run in runs.items() if number not in scores and run.run_key in rows]
        scores.update({number: score_of(rows[runs[number].run_key], cell.search.score) for number in ready})
        trial_rows = [_trial_row(cell, number, runs[number], scores[number]) for number in ready]
        with folder.lock():
            published = folder.publish(run_table(new_rows), trial_table(trial_rows), traces)
        summary.computed += published.runs
        summary.added |= published.trials > 0
        if step:  # else the steps are those of logging, which takes longer
            step(cell, len(ready))
    return scores


def _trial_row(cell: Cell, number: int, run: Run, score: float) -> dict[str, Any]:
    return {
        "cell": cell.key,
        "objective": cell.problem.name,
        "optimizer": cell.optimizer_name,
        "repeat": 0,
        "trial": number,
        "phase": "search",
        "regime": cell.search.regime,
        "run_key": run.run_key,
        "score": score,
    }


def _recorder(summary: Summary, tracking: Any, output_dir: str | Path) -> "Recorder | None":
    if tracking == "none":
        return None
    from rmsprop_lab.recording import Recorder
    from rmsprop_lab.tracking.tracker import MlflowTracker

    if isinstance(tracking, str) and tracking != "mlflow":
        raise InputError("tracking", "'mlflow', 'none' or an MlflowTracker", tracking)
    tracker = MlflowTracker(None, output_dir) if tracking == "mlflow" else tracking
    return Recorder(summary.study, summary.folder, tracker)


def _conclude(summary: Summary, recorder: "Recorder | None") -> None:
    """The ranking of this plan, its figures, and the experiment's page."""
    trials = summary.folder.trials(cell.key for cell in summary.study.cells)
    trials = trials[trials["run_key"].isin(summary.runs)]
    if trials.empty:
        return  # a shard without runs
    runs = summary.folder.runs(trials["run_key"].unique())
    failed = runs[runs["outcome"] == "failed"]
    summary.failed = dict(zip(failed["run_key"], failed["message"], strict=True))
    summary.best = best_runs(trials, runs)
    best = {key: summary.runs[key] for key in summary.best["run_key"]}
    given = runs[["run_key", *{name: None for run in summary.runs.values() for name in run.hyperparameters}]]
    drawn = draw(summary.study, summary.folder, trials.merge(given, on="run_key"), summary.best, best)
    if recorder:
        summary.experiment_id = recorder.tracker.experiment_id
        recorder.conclude(summary.best, drawn=bool(drawn))
