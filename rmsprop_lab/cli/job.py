"""One job: a composed config becomes a study, the study runs, and the terminal says what came of it."""

import shlex
import sys
import time
from typing import Any

from omegaconf import DictConfig, OmegaConf

from rmsprop_lab.base.contracts import check_objective, check_optimizer
from rmsprop_lab.cli.refill import perform_refill
from rmsprop_lab.cli.terminal import ProgressBar, print_findings, print_plan, print_summary, print_survey, print_traces
from rmsprop_lab.config.settings import Settings, read
from rmsprop_lab.config.targets import qualified_name
from rmsprop_lab.errors import ContractBroken, LabError, RunsFailed, TrackingError
from rmsprop_lab.report.wording import settings_in_words
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.command_log import record_command
from rmsprop_lab.tasks.landscape import run_landscapes
from rmsprop_lab.tasks.run import Summary, run_study


def check(config: DictConfig) -> Settings:
    """Everything about a config that can be wrong, before anything is created."""
    settings = read(_plain(config))
    if settings.tracking == "mlflow" and settings.tracking_uri is not None:
        from rmsprop_lab.tracking.uri import check_uri

        check_uri(settings.tracking_uri)
    return settings


def perform(config: DictConfig) -> None:
    """Runs one job and prints its summary."""
    settings = check(config)
    if settings.task == "check":
        _verify(settings)
        return
    if settings.task == "landscape":
        _survey(settings)
        return
    if settings.task == "refill":
        perform_refill(settings, _plain(config))
        return
    study = settings.study
    summary = Summary(study, StudyFolder(settings.output_dir, study.name))
    print_plan(study, settings.tracking == "mlflow", settings.figures)
    began, ended = time.monotonic(), "done"
    try:
        with ProgressBar() as bar:
            tracking = _store(settings)
            run_study(
                study,
                output_dir=settings.output_dir,
                tracking=tracking,
                figures=settings.figures,
                on_progress=bar,
                summary=summary,
            )
    except (KeyboardInterrupt, LabError) as error:
        ended = type(error).__name__
        if isinstance(error, TrackingError) and len(summary.best):  # all of it is on disk
            _show(summary, settings)
        raise
    finally:
        if summary.added or summary.logged:
            line = shlex.join(["rmsprop-lab", *sys.argv[1:]])
            seconds = time.monotonic() - began
            record_command(summary, line, OmegaConf.to_yaml(config, resolve=False), f"{ended}, {seconds:.1f} s")
    _show(summary, settings)
    if summary.failed:
        key, message = next(iter(summary.failed.items()))
        run = summary.runs[key]
        where = f"{run.optimizer_name} on {run.problem.name}, {settings_in_words(run)}"
        raise RunsFailed(f"{len(summary.failed)} of {len(study)} runs failed; the first, {where}: {message}")


def _show(summary: Summary, settings: Settings) -> None:
    if settings.print_trace:
        print_traces(summary)
    print_summary(summary, settings)


def _verify(settings: Settings) -> None:
    """`task=check`: the contracts of the chosen objectives and optimizers."""
    wrong = 0
    for name, objective in settings.study.objectives.items():
        wrong += print_findings(f"objective {name} ({qualified_name(type(objective))})", check_objective(objective))
    for name, optimizer in settings.study.optimizers.items():
        wrong += print_findings(f"optimizer {name} ({qualified_name(type(optimizer))})", check_optimizer(optimizer))
    if wrong:
        raise ContractBroken(f"{wrong} {'check' if wrong == 1 else 'checks'} failed; the lines marked WRONG say where")


def _survey(settings: Settings) -> None:
    """`task=landscape`: dense maps in place of runs."""
    with ProgressBar() as bar:
        store = _store(settings)
        tracker = None if store == "none" else store
        survey = run_landscapes(
            settings.study, settings.resolution, settings.output_dir, tracker, bar, figures=settings.figures
        )
    print_survey(survey, settings)


def _store(settings: Settings) -> Any:
    if settings.tracking == "none":
        return "none"
    from rmsprop_lab.tracking.tracker import MlflowTracker

    return MlflowTracker(settings.tracking_uri, settings.output_dir, settings.tracking_writer)


def _plain(config: DictConfig) -> dict[str, Any]:
    plain: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    return plain  # type: ignore[no-any-return]
