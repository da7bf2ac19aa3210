"""Prints to stderr what is to be known before the results: the plan, and what was found in the study's folder."""

from collections.abc import Iterable, Sequence

from rich import filesize

from rmsprop_lab.cli.console import console
from rmsprop_lab.cli.terminal import relative
from rmsprop_lab.config.settings import Settings
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.wording import counted, duration_in_words
from rmsprop_lab.tasks.forecast import Forecast
from rmsprop_lab.tasks.fresh import Former
from rmsprop_lab.tasks.upgrade import Upgrade, left_in_words
from rmsprop_lab.tracking.redaction import redacted


def print_plan(study: Study, expected: Forecast, processes: int = 1) -> None:
    """Prints to stderr the number of runs, and the time and disk space that they take if none is computed yet.

    Args:
        study: The study.
        expected: What it takes in one process.
        processes: How many compute it.
    """
    share = f", shard {study.shard} of {study.shards}" if study.is_part else ""
    share += f" in {counted(processes, 'process')}" if processes > 1 else ""
    seconds = expected.computing / study.shards if study.is_part else expected.seconds(processes)
    size = int(expected.size / study.shards)
    cost = f"{duration_in_words(seconds)} and {filesize.decimal(size)}"
    runs, each = counted(len(study), "run", ","), counted(study.n_iter, "iteration", ",")
    apiece = " each" if len(study) > 1 else ""
    text = f"plan: {runs}{share}, {each}{apiece}; about {cost} if none is computed yet"
    console(stderr=True).print(text, soft_wrap=True)


def print_unsplit() -> None:
    """Prints to stderr why a study is computed in one process, whatever `jobs` is."""
    console(stderr=True).print(
        "jobs: one process computes it: one run, or one search that learns, is not split", soft_wrap=True
    )


def print_former(former: Former, settings: Settings) -> None:
    """Prints to stderr what a study that is begun anew is called from now on."""
    parts = [str(relative(former.folder))] if former.folder else []
    parts += [f"MLflow's experiment {former.experiment!r}"] if former.experiment else []
    told = (
        f"what there was is kept as {' and '.join(parts)}; delete it if nobody needs it"
        if parts
        else "nothing was there"
    )
    if settings.tracking == "none" and former.folder:
        told += ". Its experiment in MLflow stays, as tracking=none leaves MLflow alone"
    console(stderr=True).print(f"fresh: {told}", soft_wrap=True)


def print_upgrade(found: Upgrade, unread: Sequence[str]) -> None:
    """Prints to stderr how many runs of an earlier format were measured again, and which could not be.

    Args:
        found: What was done.
        unread: Why recorded commands could not be read.
    """
    out = console(stderr=True)
    if found.count:
        were = f"{counted(found.count, 'run')} {'was' if found.count == 1 else 'were'}"
        text = f"version 1: the folder was of format 1; {were} measured again, to their own run keys"
        out.print(text, soft_wrap=True)
    if found.left and found.aside:
        why = f" ({unread[0]})" if unread else ""
        text = f"version 1: {left_in_words(found.left)} cannot be measured again{why}; left in {relative(found.aside)}"
        out.print(text, soft_wrap=True)


def print_unread(unread: Iterable[str]) -> None:
    """Prints to stderr why recorded commands could not be read, or not whole."""
    out = console(stderr=True)
    for reason in unread:
        out.print(f"commands: {redacted(reason)}", soft_wrap=True)
