"""Runs a study: plan, batched descent, measures, results on disk, MLflow, comparison."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from rmsprop_lab.compare.ranking import best_runs
from rmsprop_lab.compare.winner import Winner, edges_told
from rmsprop_lab.errors import InputError
from rmsprop_lab.evaluation.stable_step import widest_stable_step
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.report.searches import Explored, write_tables
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.cells import Work

if TYPE_CHECKING:
    from rmsprop_lab.tasks.recorder import Recorder
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
    winners: list[Winner] = field(default_factory=list)
    """What each search found, one per cell."""
    references: dict[tuple[str, str], Run] = field(default_factory=dict)
    """By objective and optimizer: the optimizer as configured, from the starts of the search."""
    stable: dict[str, float | None] = field(default_factory=dict)
    """By cell, where every trial was lost: the widest step size that does not diverge."""
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
    figures: bool = True,
    on_progress: OnProgress | None = None,
    summary: Summary | None = None,
) -> Summary:
    """Computes what the study's folder lacks, writes it there, and logs to MLflow what is missing there.

    Without `figures` none are drawn in the study's folder.
    Interrupted anywhere, the same call goes on where it stopped; a `summary` that is given is filled along
    the way and so tells what was done even then. Raises `InputError` for a store that cannot be opened,
    `ResultsError` for a folder that fails on the way; `TrackingError` for a store that does, once all is on disk.
    """
    summary = summary or Summary(study, StudyFolder(output_dir, study.name))
    recorder = _recorder(summary, tracking, output_dir)

    def step(cell: Cell, count: int) -> None:
        summary.steps += count
        if on_progress:
            steps = max(len(study), summary.steps)  # searching again in a wider space is not in the plan
            on_progress(summary.steps, steps, f"{cell.optimizer_name} on {cell.problem.name}")

    work = Work(study, summary.folder, recorder, step, summary.runs)
    try:
        for cell in study.cells:
            if study.evaluates and cell.repeat == 0:
                for run in work.search(study.reference(cell)).values():
                    summary.references[cell.problem.name, cell.optimizer_name] = run
            if winner := work.winner(cell):
                summary.winners.append(winner)
    finally:
        summary.computed, summary.logged, summary.added = work.added.runs, work.logged, work.added.trials > 0
    _conclude(summary, recorder, figures)
    if recorder and recorder.failure:
        raise recorder.failed(summary.runs)
    return summary


def _recorder(summary: Summary, tracking: Any, output_dir: str | Path) -> "Recorder | None":
    if tracking == "none":
        return None
    from rmsprop_lab.tasks.recorder import Recorder
    from rmsprop_lab.tracking.tracker import MlflowTracker

    if isinstance(tracking, str) and tracking != "mlflow":
        raise InputError("tracking", "'mlflow', 'none' or an MlflowTracker", tracking)
    tracker = MlflowTracker(None, output_dir) if tracking == "mlflow" else tracking
    return Recorder(summary.study, summary.folder, tracker)


def _conclude(summary: Summary, recorder: "Recorder | None", figures: bool) -> None:
    """The ranking of this plan, its figures, and the experiment's page."""
    if not summary.winners:
        return  # a shard without runs
    winners = pd.DataFrame([winner.row() for winner in summary.winners])
    trials = summary.folder.trials(winners["cell"])
    whole = {winner.cell.key for winner in summary.winners if winner.trials == len(winner.cell)}  # of all shards
    trials = trials[trials["cell"].isin(whole) | trials["run_key"].isin(summary.runs)]
    runs = summary.folder.runs(summary.runs.keys() | set(trials["run_key"]))
    failed = runs[(runs["outcome"] == "failed") & runs["run_key"].isin(summary.runs)]
    summary.failed = dict(zip(failed["run_key"], failed["message"], strict=True))
    searched = [winner for winner in summary.winners if winner.cell.search.method != "none"]
    lost = [winner.cell for winner in searched if winner.lost == winner.trials]
    summary.stable = {cell.key: widest_stable_step(cell) for cell in lost}
    summary.best = best_runs(winners, runs)
    explored = _explored(summary, trials, runs)
    write_tables(summary.folder, explored, summary.best)
    drawn = []
    if figures:
        from rmsprop_lab.report.figures import draw  # only now, as matplotlib takes its time

        best = {key: summary.runs[key] for key in summary.best["run_key"]}
        drawn = draw(summary.study, summary.folder, explored, summary.best, best)
    if recorder:
        summary.experiment_id = recorder.tracker.experiment_id
        recorder.conclude(summary.best, edges_told(summary.winners), drawn=bool(drawn))


def _explored(summary: Summary, trials: pd.DataFrame, runs: pd.DataFrame) -> Explored:
    given = runs[["run_key", *{name: None for run in summary.runs.values() for name in run.hyperparameters}]]
    trials = trials[trials["trial"] < trials["cell"].map({w.cell.key: len(w.cell) for w in summary.winners})]
    colours = hues([*summary.folder.trials()["optimizer"], *summary.study.optimizers])
    return Explored(summary.study, trials.merge(given, on="run_key"), summary.winners, colours)
