"""Computes the study of a job, writes down its command, and prints the results."""

import contextlib
import shlex
import sys
import time
from typing import TYPE_CHECKING

from omegaconf import OmegaConf

from rmsprop_lab.cli.done import part_in_words
from rmsprop_lab.cli.overrides import as_shown
from rmsprop_lab.cli.progress import ProgressBar
from rmsprop_lab.cli.terminal import print_summary, print_traces
from rmsprop_lab.config.settings import Settings
from rmsprop_lab.errors import LabError, RunsFailed, StudyInterrupted, TrackingError
from rmsprop_lab.report.wording import counted, settings_in_words
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.command_log import is_recorded, record_command
from rmsprop_lab.tasks.run import run_study
from rmsprop_lab.tasks.shard_end import record_end
from rmsprop_lab.tasks.summary import Summary
from rmsprop_lab.tracking.redaction import redacted

if TYPE_CHECKING:
    from rmsprop_lab.cli.job import Job


def compute_part(job: "Job") -> None:
    """Computes one shard, and leaves word of how it ended for whoever waits for it."""
    study, began, told = job.settings.study, time.monotonic(), "ended"
    try:
        summary = compute(job)
        told = part_in_words(summary).partition(": ")[2]
        raise_failed(summary)
    except BaseException as error:
        told = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error) or type(error).__name__
        raise
    finally:
        folder = StudyFolder(job.settings.output_dir, study.name, shard=(study.shard, study.shards))
        with contextlib.suppress(OSError):  # the runs are what counts
            record_end(folder, told, time.monotonic() - began)


def compute(job: "Job") -> Summary:
    """Computes a job's study, records its command, and prints the results."""
    settings, began = job.settings, time.monotonic()

    def record(summary: Summary | None, ended: str) -> None:
        config = OmegaConf.to_yaml(job.config, resolve=False)
        if summary and (summary.added or summary.logged or (summary.runs and not is_recorded(job.folder.path, config))):
            record_command(summary, command_line(job), config, f"{ended}, {time.monotonic() - began:.1f} s")

    try:
        with ProgressBar(job.first, "runs gathered" if settings.jobs > 1 else "runs") as bar:
            summary = run_study(
                settings.study,
                output_dir=settings.output_dir,
                tracking=job.store or "none",
                figures=settings.figures,
                animate=settings.animate,
                report=settings.report,
                command=command_line(job),
                on_progress=bar,
                wait=settings.wait,
            )
    except (StudyInterrupted, LabError) as error:
        record(error.summary, "interrupted" if isinstance(error, StudyInterrupted) else type(error).__name__)
        if isinstance(error, TrackingError) and error.summary and len(error.summary.best):  # all runs are on disk
            _show(error.summary, settings)
        raise
    record(summary, "done")
    _show(summary, settings)
    return summary


def command_line(job: "Job") -> str:
    """The command line as a person would type it, without secrets."""
    words = job.words if job.settings.study.is_part else sys.argv[1:]  # a launcher's worker has its own
    return shlex.join(map(redacted, ["rmsprop-lab", *map(as_shown, words)]))  # before quotes cut a secret in pieces


def _show(summary: Summary, settings: Settings) -> None:
    if settings.print_trace:
        print_traces(summary)
    print_summary(summary, settings)


def raise_failed(summary: Summary) -> None:
    """Raises `RunsFailed` if runs failed."""
    if not summary.failed:
        return
    key, message = next(iter(summary.failed.items()))
    run = summary.runs[key]
    where = f"{run.optimizer_name} on {run.problem.name}, {settings_in_words(run)}"
    count = f"{len(summary.failed)} of {counted(len(summary.study), 'run')} failed"
    raise RunsFailed(f"{count}; the first, {where}: {message}")
