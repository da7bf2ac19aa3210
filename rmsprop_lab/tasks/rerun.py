"""`task=rerun`: computes one run again from its key, and compares it with the study's tables bit by bit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rmsprop_lab.compare.trial_order import first_uses
from rmsprop_lab.descent import Trace
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.evaluation.compute import Computed, compute
from rmsprop_lab.evaluation.quantiles import median_start
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.wording import SHORT_KEY, picture_title
from rmsprop_lab.storage.aside import clear_way
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.schema import run_table, start_table, trace_table
from rmsprop_lab.tasks.reproduced import reproduced

_MOST_NAMED = 5  # keys in an error


@dataclass(frozen=True, eq=False)
class Rerun:
    """A run that was computed again.

    Args:
        run: The run.
        row: Its row of `runs.parquet`, as it is on disk.
        trace: Its new trace; None if it failed.
        message: The error that it raised; None if it succeeded.
        compared: Names of the tables that have it.
        differing: The columns that differ, as in `runs.final_value`, each with the largest relative difference.
        files: What was written.
    """

    run: Run
    row: dict[str, Any]
    trace: Trace | None
    message: str | None
    compared: list[str]
    differing: dict[str, float]
    files: list[Path]


def key_from(folder: StudyFolder, given: str) -> str:
    """The key of the one run of a folder that begins with these digits.

    Raises:
        InputError: None does, or several do (key `run_key`).
    """
    keys = sorted(folder.run_keys())
    found = [key for key in keys if key.startswith(given)]
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(key[: max(SHORT_KEY, len(given) + 2)] for key in found[:_MOST_NAMED])
        more = f" and {len(found) - _MOST_NAMED:,} more" if len(found) > _MOST_NAMED else ""
        told = Found(f"{given!r}, which {len(found):,} runs begin with: {some}{more}")
        raise InputError("run_key", "the first digits of one run's key", told, "Give more digits.")
    near = sorted(keys, key=lambda key: -_alike(key, given))[:3]
    expected = f"the key of one of the {len(keys):,} runs in {folder.path}, or its first digits"
    change = (
        f"The nearest are {', '.join(key[:SHORT_KEY] for key in near)}. report.html and MLflow list all, and so does "
    )
    change += f"rmsprop_lab.load({folder.path.name!r}).run_key in Python."
    raise InputError("run_key", expected, given, change)


def _alike(key: str, given: str) -> int:
    """Number of digits that two keys begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(key, given, strict=False)) if a != b), len(given))


def rerun(folder: StudyFolder, key: str, studies: Sequence[Study], why_not: InputError) -> Rerun:
    """Computes a run of a study's folder again, and writes its contour plot and trace below `reruns/`.

    Args:
        folder: The study's folder.
        key: The run's key.
        studies: Studies that may have the run, the newest first.
        why_not: Raised if none of them has it.
    """
    (row,) = folder.run_rows([key]).values()
    found = reproduced(studies, {key: row}, first_uses(folder.trials()))
    if not found:
        raise why_not
    ((_, (run,)),) = found
    (again,) = compute([run])
    tables = _both(folder, run, again)
    differing = {
        f"{name}.{column}": difference
        for name, (there, new) in tables.items()
        for column, difference in _differences(there, new).items()
    }
    files = _written(folder, run, row, again.trace) if again.trace else []
    return Rerun(run, row, again.trace, again.message, list(tables), differing, files)


def _both(folder: StudyFolder, run: Run, again: Computed) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """The run's rows on disk and the new ones, by the table's name."""
    key = run.run_key
    traces, starts = folder.trace_of([key]), folder.starts([key])
    tables = {"runs": (folder.run_table([key]).to_pandas(), run_table(again).to_pandas())}
    if again.trace or key in traces:
        tables["traces"] = tuple(trace_table([key], trace).to_pandas() for trace in (traces.get(key), again.trace))
    if len(starts):  # only runs that are ranked have them
        tables["starts"] = starts, start_table(again).to_pandas()
    return tables


def _differences(there: pd.DataFrame, new: pd.DataFrame) -> dict[str, float]:
    """The columns in which a bit differs, with the largest relative difference; infinity where that says nothing."""
    if len(there) != len(new):
        return {"(number of rows)": np.inf}
    found = {name: _difference(there[name], new[name]) for name in there.columns}
    return {name: difference for name, difference in found.items() if difference is not None}


def _difference(there: pd.Series, new: pd.Series) -> float | None:
    a, b = (_numbers(column) for column in (there, new))
    if a.dtype.kind != "f" or b.dtype.kind != "f" or a.shape != b.shape:
        return None if list(there) == list(new) else np.inf
    if ((a.view(np.int64) == b.view(np.int64)) | (np.isnan(a) & np.isnan(b))).all():
        return None
    with np.errstate(all="ignore"):
        relative = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    return float(np.nanmax(np.where(a == b, 0.0, relative)))


def _numbers(column: pd.Series) -> np.ndarray[Any, Any]:
    """A column as numbers, the points of a trace one after another."""
    values = column.to_numpy()
    return np.concatenate(values) if len(values) and isinstance(values[0], np.ndarray) else values


def _written(folder: StudyFolder, run: Run, row: dict[str, Any], trace: Trace) -> list[Path]:
    from rmsprop_lab.plots.run_picture.contour import ContourPainter  # only here, as importing matplotlib takes time

    home = folder.path / "reruns" / run.run_key[:SHORT_KEY]
    painter = ContourPainter(run.problem.objective, run.problem.points)
    picture = painter.png(trace.points, median_start(trace.values[-1]), picture_title(run, row))
    contents = {"contour.png": picture, "trace.csv": _csv(run, trace)}
    for name, content in contents.items():
        clear_way(home / name, folder.path)
        write_atomically(home / name, content)
    return [home / name for name in contents]


def _csv(run: Run, trace: Trace) -> bytes:
    """A row per start and iteration, a column per coordinate."""
    table = trace_table([run.run_key], trace).to_pandas().drop(columns="run_key")
    points = np.stack(list(table.pop("point")))
    names = [f"x{index + 1}" for index in range(points.shape[1])]
    text: str = pd.concat([table, pd.DataFrame(points, columns=names)], axis=1).to_csv(index=False)
    return text.encode()


def not_found(folder: StudyFolder, row: dict[str, Any], code: Collection[str], withheld: str) -> InputError:
    """Why a run cannot be computed again, and what to do.

    Args:
        folder: The study's folder.
        row: The run's row.
        code: The files and modules of its objective and optimizer, without those of rmsprop_lab.
        withheld: Why recorded commands could not be read; empty if they could.
    """
    expected, what = "a run that can be computed again", f"one of {row['optimizer']} on {row['objective']}"
    gone = [file for file in sorted(code) if file.endswith(".py") and not Path(file).is_file()]
    if gone:
        found, change = (
            Found(f"{what}, whose file {gone[0]} is not there"),
            "Put it back, with the files that it reads.",
        )
    elif withheld:
        found, change = Found(f"{what}: {withheld}"), ""
    elif code:
        found, change = Found(f"{what}, whose code is another now"), f"Put back the {', '.join(sorted(code))} of then."
    else:
        found, change = (
            Found(f"{what}, which no config in {folder.path / 'commands'} describes"),
            "Compute it with the study's command.",
        )
    return InputError("run_key", expected, found, change)
