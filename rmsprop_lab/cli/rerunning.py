"""Prints what a run that was computed again shows, and whether it agrees with the study's tables."""

from typing import TYPE_CHECKING

import numpy as np

from rmsprop_lab.cli.console import console
from rmsprop_lab.cli.terminal import print_lines, relative
from rmsprop_lab.config.recorded import code_recorded
from rmsprop_lab.errors import LabError, RunDiffers, printable
from rmsprop_lab.evaluation.quantiles import median_start
from rmsprop_lab.report.wording import SHORT_KEY, counted, ended_in_words, run_in_words
from rmsprop_lab.tasks.rerun import Rerun, key_from, not_found, rerun
from rmsprop_lab.tracking.redaction import redacted

if TYPE_CHECKING:
    from rmsprop_lab.cli.job import Job

_MOST_COORDINATES = 3
_MOST_COLUMNS = 6  # named as different
_LINES = 6  # of a trace


def compute_again(job: "Job") -> Rerun:
    """Computes the run of `run_key` again, with the classes and numbers that its study's commands recorded."""
    folder = job.folder
    key = key_from(folder, job.settings.run_key)
    (row,) = folder.run_rows([key]).values()
    pair, unread = {name: row[name] for name in ("objective", "optimizer")}, list[str]()
    studies = [*(found.study for found in job.recorded_in(folder, unread, pair)), job.settings.study]
    why_not = not_found(folder, row, code_recorded(folder, pair), redacted("; ".join(unread[:1])))
    return rerun(folder, key, studies, why_not)


def print_rerun(found: Rerun) -> None:
    """Prints the run, its trace in short, whether it agrees, and where its picture is."""
    key, row = found.run.run_key[:SHORT_KEY], found.row
    lines = [("run", f"{key}: {run_in_words(found.run)}"), ("on disk", _ended(found))]
    lines += [("trace", text) if index == 0 else ("", text) for index, text in enumerate(_trace(found))]
    if found.message is not None:
        lines.append(("failed", printable(" ".join(found.message.split()))))
    lines.append(("table", _agreement(found)))
    if found.files:
        names = ", ".join(path.name for path in found.files)
        lines.append(("files", f"{relative(found.files[0].parent)}: {names}"))
    print_lines(console(), lines)
    if found.differing:
        raise differs(found, row["n_iter"])


def differs(found: Rerun, n_iter: int) -> LabError:
    """The error that ends a command whose run is not what the tables say."""
    what = f"run {found.run.run_key[:SHORT_KEY]} is not what the tables say"
    return RunDiffers(
        f"{what}: its {counted(n_iter, 'iteration', ',')} were computed with other libraries, or elsewhere"
    )


def _ended(found: Rerun) -> str:
    if found.row["outcome"] == "failed":
        return f"failed: {printable(' '.join(str(found.row['message']).split()))}"
    return ended_in_words(found.row).replace(", the median one bold", "")


def _trace(found: Rerun) -> list[str]:
    """A few iterations of the median start."""
    trace = found.trace
    if trace is None:
        return []
    start = median_start(trace.values[-1])
    last = len(trace.iterations) - 1
    rows = sorted(
        {0, *(int(row) for row in np.geomspace(1, max(1, last), _LINES - 1).round()), last} & {*range(last + 1)}
    )
    which = f" of start {start}, the median" if trace.points.shape[2] > 1 else ""
    lines = [f"iteration, value and point{which}"]
    for row in rows:
        point = ", ".join(f"{x:.5g}" for x in trace.points[row, :_MOST_COORDINATES, start])
        more = ", ..." if trace.points.shape[1] > _MOST_COORDINATES else ""
        lines.append(f"{trace.iterations[row]:6d}  {trace.values[row, start]:12.6g}  ({point}{more})")
    return lines


def _agreement(found: Rerun) -> str:
    tables = ", ".join(f"{name}.parquet" for name in found.compared)
    if not found.differing:
        return f"agrees: every bit of its rows in {tables}"
    worst = sorted(found.differing.items(), key=lambda item: -item[1])
    named = ", ".join(
        name if np.isinf(size) else f"{name} (by {size:.1g} of it)" for name, size in worst[:_MOST_COLUMNS]
    )
    more = f" and {len(worst) - _MOST_COLUMNS} more" if len(worst) > _MOST_COLUMNS else ""
    return f"differs: {named}{more}"
