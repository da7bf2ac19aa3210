"""Measures the runs of a folder of an earlier format again, from what identifies them."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rmsprop_lab.compare.trial_order import first_uses
from rmsprop_lab.errors import Found, InputError, ResultsError
from rmsprop_lab.evaluation.compute import Computed, compute
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.keys_1 import run_key_of_version_1
from rmsprop_lab.plan.run import Run, batches
from rmsprop_lab.plan.scores import default_score
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.buffer import Buffer
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.format import write_format
from rmsprop_lab.storage.schema import FORMAT, TRIALS, run_table, start_table, trace_table
from rmsprop_lab.storage.times import NAME as TIMES
from rmsprop_lab.storage.times import time_table
from rmsprop_lab.tasks.reproduced import reproduced

if TYPE_CHECKING:
    from rmsprop_lab.tracking.tracker import MlflowTracker

_ASIDE = "version-1"
_TABLES = ("traces", "trials", "runs")


@dataclass(frozen=True)
class Upgrade:
    """What `upgrade` did.

    Args:
        measured: The runs that were measured again, with a cell that each group of them belongs to.
        left: The numbers of runs that no study reproduces, by their objective and optimizer.
        aside: The folder that keeps those; None if there are none.
    """

    measured: list[tuple[Cell, list[Run]]] = field(default_factory=list)
    left: dict[tuple[str, str], int] = field(default_factory=dict)
    aside: Path | None = None

    @property
    def count(self) -> int:
        """Number of runs that were measured again."""
        return sum(len(runs) for _, runs in self.measured)


def needs_upgrade(folder: StudyFolder) -> bool:
    """Whether a folder has runs of version 1."""
    return folder.version == 1 or (folder.path / _ASIDE).is_dir()


def upgrade(folder: StudyFolder, studies: Sequence[Study], on_run: Callable[[int], None]) -> Upgrade:
    """Measures the runs of version 1 again and adds them to the tables, under their own keys.

    Version 1 does not say which class a run is of: that comes from the studies in which a run has the same key. The
    tables of version 1 are moved into `version-1/`, and removed once all their runs are measured. Runs that no study
    reproduces, as their class has gone or has changed, stay there untouched. An interrupted upgrade continues.

    Args:
        folder: The study's folder.
        studies: Studies that may have its runs, the newest first.
        on_run: Called with the number of runs that were measured since the last call.

    Raises:
        InputError: No study reproduces any of the runs; the folder is left as it was (key `name`).
        ResultsError: The tables of version 1 cannot be read.
    """
    aside = folder.path / _ASIDE
    with folder.lock():
        rows, trials = _rows(folder.path, aside), _read(folder.path, aside, "trials")
        found = reproduced(studies, rows, first_uses(trials.to_pandas()), run_key_of_version_1)
        keys = {run_key_of_version_1(run): run for _, runs in found for run in runs}
        left = Counter((row["objective"], row["optimizer"]) for key, row in rows.items() if key not in keys)
        if folder.version == 1:
            if not keys:
                raise _none_found(folder, left)
            _move(folder.path, aside)
        write_format(folder.path, {run.run_key: key for key, run in keys.items() if run.run_key != key})
    folder.mend()
    known = folder.run_keys()
    missing = [(cell, [run for run in runs if run.run_key not in known]) for cell, runs in found]
    for cell, runs in missing:
        _measure(folder, cell, runs, trials, on_run)
    if not left:
        shutil.rmtree(aside)
    measured = [(cell, runs) for cell, runs in missing if runs]
    return Upgrade(measured, dict(left), aside if left else None)


def _measure(
    folder: StudyFolder, cell: Cell, runs: Sequence[Run], trials: pa.Table, on_run: Callable[[int], None]
) -> None:
    """Computes runs of one cell, and adds them with the trials that used them."""
    buffer, alone = Buffer(folder), cell.phase == "evaluate"
    for batch in batches(runs):
        parts = compute(batch)
        tables = {
            "runs": map(run_table, parts),
            "trials": [_rescored(trials, part) for part in parts],
            "traces": [trace_table(part.run_keys, part.trace) for part in parts],
            TIMES: map(time_table, parts),
            "starts": map(start_table, parts if alone else []),
        }
        buffer.add(tables)
        on_run(len(batch))
    buffer.publish()


def _rescored(trials: pa.Table, part: Computed) -> pa.Table:
    """The trials that used some runs, with the runs' keys and scores of this version."""
    score = default_score(part.runs[0].problem.objective)
    scored = zip(part.run_keys, part.scores(score), strict=True)
    now = dict(zip(map(run_key_of_version_1, part.runs), scored, strict=True))
    rows = trials.filter(pc.is_in(trials["run_key"], pa.array(now, pa.string()))).to_pylist()
    for row in rows:
        row["run_key"], row["score"] = now[row["run_key"]]
    return pa.Table.from_pylist(rows, schema=TRIALS)


def _rows(folder: Path, aside: Path) -> dict[str, dict[str, Any]]:
    """The rows of the runs of version 1, by run key."""
    rows = _read(folder, aside, "runs").to_pylist()
    return {row["run_key"]: {**row, "hyperparameters": json.loads(row["hyperparameters"])} for row in rows}


def _read(folder: Path, aside: Path, table: str) -> pa.Table:
    """A table of version 1, wherever an interrupted move left it."""
    name = f"{table}.parquet"
    path = aside / name if (aside / name).is_dir() else folder / name
    whole = aside if (aside / "runs.parquet").is_dir() else folder
    published = sorted(part.name for part in whole.glob("runs.parquet/part-*"))
    try:
        return pa.concat_tables([pq.read_table(path / part, partitioning=None) for part in published])
    except (pa.ArrowException, OSError) as error:
        raise ResultsError(f"{path} cannot be read: {error}") from error


def _move(folder: Path, aside: Path) -> None:
    """Moves the tables of version 1 aside, `runs` last: until then the folder counts as one of version 1."""
    aside.mkdir(exist_ok=True)
    for table in _TABLES:
        if (folder / f"{table}.parquet").is_dir():
            (folder / f"{table}.parquet").rename(aside / f"{table}.parquet")


def _none_found(folder: StudyFolder, left: Mapping[tuple[str, str], int]) -> InputError:
    return InputError(
        "name",
        f"a study of format {FORMAT}, or one whose runs can be measured again",
        Found(f"{folder.path}, which is of format 1: {left_in_words(left)} cannot be found again"),
        "Run the command that wrote it, with its own classes; or choose another name.",
    )


def left_in_words(left: Mapping[tuple[str, str], int]) -> str:
    """Runs that could not be measured again: `5 runs of rmsprop on quartic and 2 of gd on quartic`."""
    return " and ".join(
        f"{count} {'run' if count == 1 else 'runs'} of {optimizer} on {objective}"
        for (objective, optimizer), count in left.items()
    )


def record_again(study: Study, folder: StudyFolder, tracker: "MlflowTracker", found: Upgrade) -> None:
    """Gives the runs that were measured again their new numbers in MLflow.

    Raises:
        TrackingError: The store fails; the next command with these runs continues.
    """
    from rmsprop_lab.tasks.recorder import Recorder

    recorder = Recorder(study, folder, tracker)
    try:
        recorder.record(found.measured, lambda: None)
    finally:
        recorder.close()
    if recorder.failure:
        raise recorder.failure
