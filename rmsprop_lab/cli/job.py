"""Runs one job: checks its config, does its task, and prints the results."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from rmsprop_lab.cli import signals
from rmsprop_lab.cli.computing import compute, compute_part, raise_failed
from rmsprop_lab.cli.idle import print_idle
from rmsprop_lab.cli.job_checks import check_folders, check_has_runs, checked_uri
from rmsprop_lab.cli.notices import print_former, print_plan, print_unread, print_unsplit, print_upgrade
from rmsprop_lab.cli.options import chosen_in, with_all_options
from rmsprop_lab.cli.progress import ProgressBar
from rmsprop_lab.cli.sharded import compute_in_processes
from rmsprop_lab.cli.terminal import (
    print_dashboard,
    print_findings,
    print_merge,
    print_refill,
    print_report,
    print_survey,
)
from rmsprop_lab.cli.unforeseen import report_in
from rmsprop_lab.config.recorded import Recorded, recorded_studies
from rmsprop_lab.config.settings import read
from rmsprop_lab.errors import ContractBroken, InputError, LabError, RunsFailed
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.check import check_contracts
from rmsprop_lab.tasks.forecast import forecast
from rmsprop_lab.tasks.fresh import begin_anew, former_name
from rmsprop_lab.tasks.landscape import check_landscapes, run_landscapes
from rmsprop_lab.tasks.merge import merge, sources_of
from rmsprop_lab.tasks.upgrade import needs_upgrade, record_again, upgrade
from rmsprop_lab.tracking.uri import LOCAL

if TYPE_CHECKING:
    from rmsprop_lab.tasks.playground import Playable


class Job:
    """A job whose config is checked completely before anything is created.

    Args:
        config: The composed config.
        asked: Files and modules of classes that the command names beside those in the config: in `--config-dir`.
        words: The command line of this job alone.

    Raises:
        InputError: A key or value is not valid.
    """

    def __init__(self, config: DictConfig, asked: Collection[str] = (), words: Sequence[str] = ()) -> None:
        self.config, self._asked, self.words = config, asked, words
        self.settings = read(_plain(config))
        self.folder = StudyFolder(self.settings.output_dir, self.settings.study.name, self.settings.wait)
        self._is_begun = False
        report_in(self.folder.path)
        if self.settings.task == "landscape":
            check_landscapes(self.settings.study)
        self.played = self._playable() if self.settings.task == "playground" else None
        if self.settings.task == "refill" and self.settings.tracking == "none":
            raise InputError("tracking", "mlflow", "none", "Leave out tracking=none.")
        self.folders = [
            StudyFolder(self.settings.output_dir, name, self.settings.wait) for name in self.settings.studies
        ] or [self.folder]
        if self.settings.task in ("refill", "optuna", "report", "rerun"):
            for folder in self.folders:
                check_has_runs(folder, "studies" if self.settings.studies else "name")
        self.sources = sources_of(self.settings.sources, self.folder)
        if self.settings.task == "list":  # it needs neither a study nor a store
            return
        self._store_uri = checked_uri(self.settings)
        check_folders(self.folder, self.folders, self.settings)

    def _playable(self) -> "Playable":
        from rmsprop_lab.tasks.playground import playable

        return playable(self.settings.study)

    def do(self) -> None:
        """Does the task and prints its results. SIGINT and SIGTERM end it in order."""
        with signals.Raised():
            self._prepare()
            _TASKS[self.settings.task](self)

    def open(self) -> None:
        """Brings a folder of an earlier format to this one, and opens the store before others compute."""
        self._prepare()
        self.store  # noqa: B018

    def _prepare(self) -> None:
        if self.settings.task in (*CREATES_NOTHING, "playground"):
            return
        if self.settings.fresh and not self._is_begun:
            self._is_begun = True
            print_former(begin_anew(self.folder, self.store), self.settings)
        if needs_upgrade(self.folder):
            self._upgrade()

    def close(self) -> None:
        """Ranks and logs a study whose shards are whole, and computes what follows from them."""
        with signals.Raised():
            raise_failed(compute(self))

    def _upgrade(self) -> None:
        """Measures the runs of an earlier format again, and prints a line about it."""
        unread: list[str] = []
        studies = [self.settings.study, *(found.study for found in self.recorded_in(self.folder, unread))]
        with ProgressBar("reading the runs of version 1") as bar:
            try:
                found = upgrade(self.folder, studies, bar.counted("measuring the runs of version 1 again"))
            except InputError as error:
                change = " ".join([error.change, *(f"({reason})" for reason in unread[:1])])
                raise InputError(error.key, error.expected, error.found, change) from None
            if self.store and found.measured:
                record_again(self.settings.study, self.folder, self.store, found)
        print_upgrade(found, unread)

    @property
    def _is_tracked(self) -> bool:
        return self.settings.tracking == "mlflow" and not self.settings.study.is_part

    @cached_property
    def store(self) -> Any:
        """The opened MLflow store; None without tracking, and for a shard, which logs nothing."""
        if not self._is_tracked:
            return None
        from rmsprop_lab.tracking.tracker import MlflowTracker

        settings = self.settings
        return MlflowTracker(self._store_uri or LOCAL, settings.output_dir, settings.tracking_writer, settings.wait)

    @property
    def config_dir(self) -> str | None:
        """The folder of `--config-dir`."""
        return self.words[1] if self.words[:1] == ["--config-dir"] else None

    @property
    def first(self) -> str:
        """What it does before it computes: MLflow takes seconds to open a store."""
        return "opening the MLflow store" if self._is_tracked else "reading what is on disk"

    def print_plan(self, processes: int) -> None:
        """Prints what a number of processes will compute, and what that takes."""
        settings = self.settings
        expected = forecast(settings.study, self._is_tracked, settings.figures, server=settings.logs_to_server)
        print_plan(settings.study, expected, processes)
        if processes == 1 < settings.jobs:
            print_unsplit()

    def recorded(self) -> list[Recorded]:
        """The studies that the folder's commands recorded, the newest first, and last that of this command."""
        unread: list[str] = []
        found = [*self.recorded_in(self.folder, unread), Recorded(self.settings.study, False)]
        print_unread(unread)
        return found

    def recorded_in(
        self, folder: StudyFolder, unread: list[str], only: Mapping[str, str] | None = None
    ) -> Iterator[Recorded]:
        """The studies that the commands of a folder recorded, the newest first; see `config.recorded`."""
        config = {**_plain(self.config), "name": folder.path.name}
        return recorded_studies(folder, config, _resolved, unread, self._asked, only)


def _run(job: Job) -> None:
    settings = job.settings
    print_idle(settings.study, job.words)
    study, processes = settings.study, min(settings.jobs, settings.study.pieces)
    job.print_plan(processes)
    if study.is_part:
        compute_part(job)
        return
    if processes > 1:
        job.open()
        compute_in_processes(study, processes, job.folder, job.words, settings.silence)
    raise_failed(compute(job))


def _plan(job: Job) -> None:
    from rmsprop_lab.cli.planning import check_is_study, print_planned
    from rmsprop_lab.tasks.plan import planned

    settings, folder = job.settings, job.folder
    print_idle(settings.study, job.words)
    check_is_study(job)
    if settings.fresh:  # as if it were there no more
        folder = StudyFolder(folder.path.parent, former_name(folder.path))
    tracked, server = settings.tracking == "mlflow", settings.logs_to_server
    print_planned(job, planned(settings.study, folder, tracked, settings.figures, server=server))


def _check(job: Job) -> None:
    groups = [group for group in ("objective", "optimizer") if chosen_in(job.words, group)]  # not those of the defaults
    wrong = sum(print_findings(*checked) for checked in check_contracts(job.settings.study, groups))
    if wrong:
        raise ContractBroken(f"{wrong} {'check' if wrong == 1 else 'checks'} failed; see the lines marked WRONG")


def _list(job: Job) -> None:
    from rmsprop_lab.cli.listing import SHOWN, print_everything, print_in_full

    config_dir = job.config_dir
    chosen = {group: names for group in SHOWN if (names := chosen_in(job.words, group))}
    if chosen:
        print_in_full(job.settings.study, chosen, config_dir)
    else:
        print_everything(_plain(with_all_options(["objective", "optimizer"], config_dir)), config_dir)


def _landscape(job: Job) -> None:
    settings = job.settings
    with ProgressBar(job.first, "landscapes") as bar:
        survey = run_landscapes(
            settings.study, settings.resolution, job.folder, job.store, bar, figures=settings.figures
        )
    print_survey(survey, settings)
    if survey.failed:
        where, message = next(iter(survey.failed.items()))
        raise RunsFailed(f"landscapes that failed: {len(survey.failed)}; the first, {where}: {message}")


def _refill(job: Job) -> None:
    from rmsprop_lab.tasks.refill import refill

    with ProgressBar(job.first) as bar:
        found = refill(job.recorded(), job.folder, job.store, bar)
    print_refill(found, job.settings)


def _optuna(job: Job) -> None:
    from rmsprop_lab.tasks.optuna import write_searches

    print_dashboard(write_searches([found.study for found in job.recorded()], job.folder))


def _merge(job: Job) -> None:
    with ProgressBar("reading the folders") as bar:
        found = merge(job.sources, job.folder, bar.counted("merging folders"))
    print_merge(found, job.settings)


def _report(job: Job) -> None:
    from rmsprop_lab.tasks.report import write_reports

    unread: list[str] = []
    path = write_reports([(folder, list(job.recorded_in(folder, unread))) for folder in job.folders], unread)
    print_unread(unread)
    print_report(path)


def _playground(job: Job) -> None:
    from rmsprop_lab.cli.playing import play

    assert job.played is not None
    play(job, job.played)


def _rerun(job: Job) -> None:
    from rmsprop_lab.cli.rerunning import compute_again, print_rerun

    print_rerun(compute_again(job))


CREATES_NOTHING = ("plan", "check", "list")
"""The tasks that leave no file and no folder, so that they need no launcher and measure nothing again."""
_TASKS: dict[str, Callable[[Job], None]] = {
    "run": _run,
    "plan": _plan,
    "check": _check,
    "list": _list,
    "landscape": _landscape,
    "refill": _refill,
    "optuna": _optuna,
    "merge": _merge,
    "report": _report,
    "playground": _playground,
    "rerun": _rerun,
}


def _plain(config: Any) -> dict[str, Any]:
    plain: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    return plain  # type: ignore[no-any-return]


def _resolved(config: Any) -> Any:
    try:
        return OmegaConf.to_container(OmegaConf.create(config), resolve=True)
    except OmegaConfBaseException as error:
        raise LabError(str(error)) from error
