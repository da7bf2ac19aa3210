"""`task=run`: computes a study's runs, writes them to disk, logs them to MLflow, and ranks the optimizers."""

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from rmsprop_lab.base.checks import flag, local_folder
from rmsprop_lab.compare.winner import Winner, edges_told
from rmsprop_lab.errors import InputError, LabError, ResultsError, StudyInterrupted, raised
from rmsprop_lab.evaluation.stable_step import widest_stable_step
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.pictures import checked_animate
from rmsprop_lab.plan.study import Study
from rmsprop_lab.processes.locking import DEFAULT_WAIT
from rmsprop_lab.report import REPORT
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.judgement import Judgement, judge
from rmsprop_lab.report.searches import Searches, write_tables
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.format import check_format
from rmsprop_lab.tasks.cells import Work
from rmsprop_lab.tasks.summary import Summary
from rmsprop_lab.tasks.upgrade import upgrade

if TYPE_CHECKING:
    from rmsprop_lab.tasks.recorder import Recorder
    from rmsprop_lab.tracking.tracker import MlflowTracker

OnProgress = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all, and what is being done."""


def run_study(
    study: Study,
    *,
    output_dir: str | Path = "outputs",
    tracking: "MlflowTracker | Literal['mlflow', 'none']" = "mlflow",
    figures: bool = True,
    animate: bool = False,
    report: bool = True,
    command: str = "",
    on_progress: OnProgress | None = None,
    wait: float = DEFAULT_WAIT,
) -> Summary:
    """Computes the runs of a study that are not in its folder, and logs those that are not in MLflow.

    An interrupted study continues where it stopped when it is run again. Damaged files of its folder are set aside,
    with a `DamageWarning`, and what they held is computed again. A shard, perhaps on another machine, publishes in a
    folder of its own and logs nothing; the same study without shards gathers their runs, ranks and logs.

    Args:
        study: The study.
        output_dir: The folder of all studies; the study's folder is `<output_dir>/<name>`.
        tracking: `mlflow` for the store that `MLFLOW_TRACKING_URI` names, else the one in `output_dir`; an opened
            `MlflowTracker`; or `none`.
        figures: Whether to draw the study's figures.
        animate: Whether to draw `figures/race.webp` too, an animation of the optimizers' paths, which takes seconds.
        report: Whether to write `report.html`, the page that stands alone.
        command: The command line that the page shows.
        on_progress: Called with the steps done, the steps in all, and what is being done.
        wait: Seconds to wait for a lock that another process holds.

    Returns:
        What was done, and the verdict.

    Raises:
        InputError: An argument of the wrong type, a folder of a later format or of one whose runs cannot be found
            again, an objective or optimizer whose results have a wrong shape or are not finite at a start, or a store
            that cannot be opened.
        ResultsError: The study's folder cannot be read or written.
        TrackingError: The MLflow store fails; all runs are on disk.
        StudyInterrupted: Ctrl-C or SIGTERM. It has a `summary` of what was done, as have the errors raised after the
            study has begun.

    >>> from tempfile import mkdtemp
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> study = Study("example", {"bowl": Bowl()}, {"gd": GD(step_size=0.1)}, starts=[[0.5, -0.5]], n_iter=100)
    >>> summary = run_study(study, output_dir=mkdtemp(), tracking="none", figures=False)
    >>> summary.computed
    1
    >>> summary.best[["objective", "optimizer", "score"]].round(2).to_dict("records")
    [{'objective': 'bowl', 'optimizer': 'gd', 'score': -6.33}]
    >>> summary.verdict.sentence
    'A single optimizer has nothing to be compared with.'
    """
    output_dir = _checked(study, output_dir, on_progress)
    shown = _Shown(
        flag(figures, "figures"), checked_animate(animate, figures), command if flag(report, "report") else None
    )
    study.check_code()
    folder = StudyFolder(output_dir, study.name, wait, (study.shard, study.shards) if study.is_part else None)
    work = Work(study, folder, None, _Steps(study, on_progress).count if on_progress else _nothing)
    found = _Found()
    try:
        check_format(folder.path)
        if folder.version == 1:
            upgrade(StudyFolder(output_dir, study.name, wait), [study], lambda runs: None)
        folder.mend()
        found.gathered = folder.gather().runs
        work.recorder = None if study.is_part else _recorder(study, folder, tracking, output_dir, wait)
        work.do()
        _conclude(study, folder, work, found, shown)
        if work.recorder and work.recorder.failure:
            raise work.recorder.failed(work.runs)
    except KeyboardInterrupt as stop:
        raise StudyInterrupted(_summary(study, folder, work, found)) from stop
    except LabError as error:
        error.summary = _summary(study, folder, work, found)
        raise
    except OSError as error:  # a full disk, a folder that cannot be written
        failure = ResultsError(_unwritable(error, folder.path))
        failure.summary = _summary(study, folder, work, found)
        raise failure from error
    return _summary(study, folder, work, found)


def _unwritable(error: OSError, folder: Path) -> str:
    """What cannot be written, why, and what to do; the error may not name the file below the `folder`."""
    what = f"cannot write {error.filename or f'into {folder}'}: {error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{what}. Make room there, then give the same command again"
    return f"{what}. Mend it, or choose another output_dir, then give the same command again"


def _checked(study: object, output_dir: object, on_progress: object) -> Path:
    if not isinstance(study, Study):
        raise InputError("study", "a Study", study)
    folder = local_folder(output_dir)
    if on_progress is not None and not callable(on_progress):
        raise InputError("on_progress", "a function of steps done, steps in all and a description", on_progress)
    return folder


class _Steps:
    """Counts the steps of a study for a progress bar."""

    def __init__(self, study: Study, on_progress: OnProgress) -> None:
        self._planned, self._on_progress, self._done = len(study), on_progress, 0

    def count(self, cell: Cell, steps: int) -> None:
        self._done += steps
        total = max(self._planned, self._done)  # searches in wider spaces are not planned
        self._on_progress(self._done, total, f"{cell.optimizer_name} on {cell.problem.name}")


def _nothing(cell: Cell, steps: int) -> None:
    """Stands in for a progress bar."""


def _recorder(
    study: Study, folder: StudyFolder, tracking: "MlflowTracker | str", output_dir: str | Path, wait: float
) -> "Recorder | None":
    if tracking == "none":
        return None
    from rmsprop_lab.tasks.recorder import Recorder
    from rmsprop_lab.tracking.tracker import MlflowTracker

    if tracking == "mlflow":
        tracking = MlflowTracker(None, output_dir, wait=wait)
    if not isinstance(tracking, MlflowTracker):
        raise InputError("tracking", "'mlflow', 'none' or an MlflowTracker", tracking)
    recorder = Recorder(study, folder, tracking)
    recorder.announce()
    return recorder


@dataclass
class _Found:
    """The results that need all cells; see `Summary`."""

    gathered: int = 0
    judgement: Judgement | None = None
    stable: dict[str, float | None] = field(default_factory=dict)
    still: set[str] = field(default_factory=set)
    undrawn: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    experiment_id: str | None = None
    experiment: str | None = None


def _summary(study: Study, folder: StudyFolder, work: Work, found: _Found) -> Summary:
    return Summary(
        study,
        folder,
        computed=work.added.runs,
        logged=work.logged,
        added=work.added.trials > 0 or found.gathered > 0,
        runs=work.runs,
        winners=work.winners,
        references=work.references,
        **vars(found),
    )


@dataclass(frozen=True)
class _Shown:
    """What to draw and write of a study; `command` is what its report shows, None for no report."""

    figures: bool
    animate: bool
    command: str | None


def _conclude(study: Study, folder: StudyFolder, work: Work, found: _Found, shown: _Shown) -> None:
    """Judges the optimizers, and writes tables, figures and pages; of a part only its failed runs."""
    recorder = work.recorder
    runs = folder.runs(work.runs)
    found.failed = failures(runs)
    if recorder:
        found.experiment_id, found.experiment = recorder.tracker.experiment_id, recorder.tracker.name
    if study.is_part:
        return
    trials = folder.trials([winner.cell.key for winner in work.winners])
    found.stable = stable_steps(work.winners, trials, runs)
    found.still = unmoved(folder, work.winners)
    found.judgement = judge(study, folder, work.winners, runs)
    searches = Searches.of(study, trials, runs, work.winners, optimizer_hues(study, folder))
    write_tables(folder, searches, found.judgement.verdict)
    drawn: list[Path] = []
    if shown.figures:
        from rmsprop_lab.report.figures import draw  # only here, as importing matplotlib takes time

        drawn, found.undrawn = draw(study, folder, searches, found.judgement, shown.animate)
    if shown.command is not None:
        _write_report(folder, searches, work.winners, found, shown.command)
    if recorder:
        recorder.conclude(found.judgement, edges_told(work.winners), drawn=bool(drawn), runs=len(work.runs))
        if recorder.unwritten:
            found.undrawn["the page in MLflow"] = recorder.unwritten


def _write_report(
    folder: StudyFolder, searches: Searches, winners: Sequence[Winner], found: _Found, command: str
) -> None:
    from rmsprop_lab.report.page.content import Findings  # only here, as for figures
    from rmsprop_lab.report.page.written import write_report

    assert found.judgement is not None
    try:
        shown = Findings(found.judgement, searches, winners, found.failed, found.stable, found.still, command)
        write_report(folder, shown)
    except OSError:  # a full disk
        raise
    except BaseException as error:  # of user's code, which is asked for the plane: the study has its results
        found.undrawn[REPORT] = raised(error)


def failures(runs: pd.DataFrame) -> dict[str, str]:
    """The error of each run that failed, in a line, by run key."""
    failed = runs[runs["outcome"] == "failed"]
    return {key: " ".join(told.split()) for key, told in zip(failed["run_key"], failed["message"], strict=True)}


def stable_steps(winners: Sequence[Winner], trials: pd.DataFrame, runs: pd.DataFrame) -> dict[str, float | None]:
    """For each search whose trials were all lost, the largest step size that does not diverge."""
    found: dict[str, float | None] = {}
    for winner in winners:
        cell = winner.cell
        if cell.search.method == "none" or winner.lost < winner.trials or "step_size" not in cell.space:
            continue
        mine = trials.loc[trials["cell"] == cell.key, "run_key"]
        tried = float(runs.loc[runs["run_key"].isin(mine), "step_size"].min())
        found[cell.key] = widest_stable_step(cell, tried) if tried > 0 else None
    return found


def unmoved(folder: StudyFolder, winners: Sequence[Winner]) -> set[str]:
    """The keys of the cells whose best run did not move from any of its starts."""
    traces = folder.trace_of([winner.run.run_key for winner in winners])
    moved = {key for key, trace in traces.items() if (trace.points != trace.points[0]).any()}
    return {winner.cell.key for winner in winners if winner.run.run_key in traces.keys() - moved}
