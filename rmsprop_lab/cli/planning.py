"""Prints what a command would do, and the command that does it."""

import shlex
import sys
from typing import TYPE_CHECKING

from rich import box, filesize
from rich.table import Table
from rich.text import Text

from rmsprop_lab.cli.composing import compose
from rmsprop_lab.cli.console import console
from rmsprop_lab.cli.options import chosen_in
from rmsprop_lab.cli.overrides import as_shown
from rmsprop_lab.cli.study_names import key_of
from rmsprop_lab.cli.terminal import experiment, print_lines, relative
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.wording import counted, duration_in_words, repeats_told
from rmsprop_lab.tasks.plan import Planned
from rmsprop_lab.tracking.redaction import redacted

if TYPE_CHECKING:
    from rmsprop_lab.cli.job import Job

_TASK = "task=plan"


def check_is_study(job: "Job") -> None:
    """Refuses to plan what is no study: an experiment may have a task of its own, which `task=plan` hides."""
    if not chosen_in(job.words, "experiment"):
        return
    words = job.words[2:] if job.config_dir else job.words
    task = compose([word for word in words if key_of(word) != "task"], job.config_dir)["task"]
    if task != "run":
        found = Found(f"task={task}, which the experiment sets")
        raise InputError("task", "a command that computes a study", found, "Leave out task=plan.")


def print_planned(job: "Job", found: Planned) -> None:
    """Prints what is planned of each optimizer on each objective, what it takes, and the command that does it."""
    settings, study, out = job.settings, job.settings.study, console()
    each = counted(study.n_iter, "iteration", ",")
    head = f"{study.name}: {counted(found.runs, 'run', ',')} of {each}; task=plan computes and creates nothing"
    out.print(Text(head, style="bold"), soft_wrap=True)
    out.print()
    out.print(_table(found))
    out.print()
    folder, left = relative(job.folder.path), found.runs - found.there
    lines = [("search", _search(study)), ("starts", _starts(study))]
    if study.evaluates:
        lines.append(("beside", "as configured from the same starts; winner and as configured from the fresh ones"))
    lines += [("split", text) for text in _split(study, settings.jobs, left)]
    there = f"{found.there:,} of {found.runs:,} in {folder}" if found.there else f"nothing in {folder}"
    there = f"what is in {folder} is renamed first, as fresh=true" if settings.fresh else there
    lines.append(("on disk", there))
    if found.unread:
        lines.append(("damage", f"{found.unread}; the command sets aside what is damaged and computes it again"))
    elif not settings.fresh and job.folder.version == 1:
        lines.append(("format 1", "the command first measures the runs of this older folder again"))
    processes = min(settings.jobs, study.pieces)
    cost = f"about {duration_in_words(found.left.seconds(processes))} and {filesize.decimal(int(found.left.size))}"
    alone = f", in one process {duration_in_words(found.left.seconds())}" if processes > 1 else ""
    lines.append(("takes", f"{cost} for {counted(left, 'run', ',')}{alone}" if left else "nothing is left to compute"))
    lines.append(("results", f"{folder}{_shown(job)}"))
    if settings.tracking == "mlflow":
        lines.append(("MLflow", experiment(settings)))
    lines.append(("next", _next()))
    print_lines(out, lines)


def _table(found: Planned) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    beside = any(pair.evaluations for pair in found.pairs)
    names = [
        "objective",
        "optimizer",
        "repeats",
        "trials",
        *(["beside"] if beside else []),
        "runs",
        "on disk",
        "engine",
    ]
    for name in names:
        left = name in ("objective", "optimizer", "engine")
        table.add_column(name, justify="left" if left else "right", overflow="fold", no_wrap=not left)
    before = ""
    for pair in found.pairs:
        numbers = [pair.repeats, pair.trials, *([pair.evaluations] if beside else []), pair.runs, pair.there]
        name = "" if pair.objective == before else pair.objective
        table.add_row(name, pair.optimizer, *(f"{number:,}" for number in numbers), pair.engine)
        before = pair.objective
    return table


def _search(study: Study) -> str:
    """How hyperparameters are chosen."""
    search = study.search
    text = {"none": "none: each optimizer as configured", "grid": "grid: every point of each space"}.get(
        search.method, f"{search.method}: {counted(search.trials, 'trial', ',')} of each optimizer on each objective"
    )
    wider = ", and again in a wider space where the winner lies at an edge" if search.widen else ""
    return f"{text}{wider}{repeats_told(study)}"


def _starts(study: Study) -> str:
    points = study.cells[0].problem.points.shape[1]
    fresh = f", {study.evaluation.count} fresh ones to judge by" if study.evaluates and study.evaluation else ""
    return f"{points} ({study.starts.method}){fresh}"


def _split(study: Study, jobs: int, left: int) -> list[str]:
    if study.is_part:
        return [f"{study.shards} shards, each about {counted(-(-left // study.shards), 'run', ',')} of these"]
    processes = min(jobs, study.pieces)
    return [f"{processes} processes on this machine"] if processes > 1 else []


def _shown(job: "Job") -> str:
    settings = job.settings
    shown = [name for name, wanted in (("figures", settings.figures), ("report.html", settings.report)) if wanted]
    return ": " + ", ".join(["tables", *shown])


def _next() -> str:
    """The command line without `task=plan`."""
    words = [word for word in sys.argv[1:] if word.lstrip("+") != _TASK]
    return shlex.join(map(redacted, ["rmsprop-lab", *map(as_shown, words)]))
