"""A study's folder: reads its tables and adds to them.

There are three Parquet datasets: `runs.parquet`, `trials.parquet` and `traces.parquet`, each a folder of parts. Rows
are published as one part of the same name in each dataset, under the study's lock, `runs` last. So a part that `runs`
does not have was not published: readers ignore it, and the next writer removes it.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import filelock
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from rmsprop_lab.descent import Trace
from rmsprop_lab.errors import Found, InputError, ResultsError
from rmsprop_lab.storage.atomic import write_together
from rmsprop_lab.storage.schema import SCHEMAS, parquet_bytes, trace_from, widened

_TRIAL_KEY = ("cell", "repeat", "trial", "phase")


class Published(NamedTuple):
    """Numbers of rows that were published, without those that another process had published already."""

    runs: int
    trials: int


class StudyFolder:
    """The folder `<output_dir>/<name>` of one study. All its readers raise `ResultsError` for a damaged table.

    Args:
        output_dir: The folder of all studies.
        name: The study's name.
    """

    def __init__(self, output_dir: str | Path, name: str) -> None:
        self.path = Path(output_dir) / name
        self._small: dict[Path, pa.Table] = {}  # parts of runs and trials, which never change once published
        self._run_keys: dict[Path, set[str]] = {}
        self._trial_keys: dict[Path, set[tuple[Any, ...]]] = {}

    def __fspath__(self) -> str:
        return str(self.path)

    def lock(self) -> AbstractContextManager[Any]:
        """The lock to hold while publishing; another process waits for it."""
        self.path.mkdir(parents=True, exist_ok=True)
        return filelock.FileLock(self.path / ".lock")

    def run_keys(self) -> set[str]:
        """The keys of all published runs. Only parts that are new since the last call are read."""
        for part in self._parts("runs"):
            if part not in self._run_keys:
                self._run_keys[part] = set(self._part(part)["run_key"].to_pylist())
        return set().union(*self._run_keys.values())

    def trial_keys(self) -> set[tuple[Any, ...]]:
        """Cell, repeat, number and phase of each published trial."""
        for part in self._parts("trials"):
            if part not in self._trial_keys:
                columns = self._part(part).select(list(_TRIAL_KEY)).to_pydict()
                self._trial_keys[part] = set(zip(*columns.values(), strict=True))
        return set().union(*self._trial_keys.values())

    def publish(self, runs: pa.Table, trials: pa.Table, traces: pa.Table) -> Published:
        """Adds the rows that are new, all of them or, if it is interrupted, none. The caller holds the lock.

        Args:
            runs: Runs; those already published are left out.
            trials: Trials; those already published are left out.
            traces: Traces of these runs.
        """
        self._remove_unpublished()
        new_runs = _without(runs, runs["run_key"].to_pylist(), self.run_keys())
        trial_keys = list(zip(*(trials[name].to_pylist() for name in _TRIAL_KEY), strict=True))
        new_trials = _without(trials, trial_keys, self.trial_keys())
        if not len(new_runs) and not len(new_trials):
            return Published(0, 0)
        if len(new_runs) < len(runs):
            traces = traces.filter(pc.is_in(traces["run_key"], new_runs["run_key"].combine_chunks()))
        part = f"part-{len(self._published()):05d}-{uuid.uuid4().hex[:8]}.parquet"
        paths = {name: self.path / f"{name}.parquet" / part for name in SCHEMAS}
        tables = {"traces": traces, "trials": new_trials, "runs": new_runs}
        write_together([(paths[name], parquet_bytes(table)) for name, table in tables.items()])
        self._small |= {paths[name]: tables[name] for name in ("trials", "runs")}
        return Published(len(new_runs), len(new_trials))

    def runs(self, run_keys: Iterable[str] | None = None) -> pd.DataFrame:
        """All runs, or those with the given keys, with one column per hyperparameter."""
        return widened(self.run_table(run_keys).to_pandas())

    def run_table(self, run_keys: Iterable[str] | None = None) -> pa.Table:
        """All runs, or those with the given keys, as stored: hyperparameters as JSON."""
        return self._table("runs", run_keys)

    def run_rows(self, run_keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Runs by key, each as a mapping of its columns, `hyperparameters` as a mapping too."""
        keys = list(run_keys)
        rows = self.run_table(keys).to_pylist() if keys else []
        return {row["run_key"]: {**row, "hyperparameters": json.loads(row["hyperparameters"])} for row in rows}

    def hyperparameters(self, run_keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The hyperparameters of runs, by run key."""
        table = self.run_table(run_keys).select(["run_key", "hyperparameters"])
        return {key.as_py(): json.loads(text.as_py()) for key, text in zip(*table.columns, strict=True)}

    def hyperparameter_names(self) -> list[str]:
        """The hyperparameters of all optimizers that have runs in the folder."""
        texts = pc.unique(self.run_table()["hyperparameters"]).to_pylist()
        return list(dict.fromkeys(name for text in texts for name in json.loads(text)))

    def trials(self, cells: Iterable[str] | None = None) -> pd.DataFrame:
        """All trials, or those of the given cells."""
        trials: pd.DataFrame = self._table("trials", cells, "cell").to_pandas()
        return trials

    def traces(self, run_keys: Iterable[str] | None = None) -> pd.DataFrame:
        """All traces, or those of the given runs, one row per run, start and kept iteration.

        The columns are run_key, start, iteration, value, gradient_norm, point.
        """
        traces: pd.DataFrame = self._table("traces", run_keys).to_pandas()
        return traces

    def trace_of(self, run_keys: Sequence[str]) -> dict[str, Trace]:
        """The traces of runs as arrays, one descent per start; a run without a trace is left out."""
        table = self._table("traces", run_keys).combine_chunks()
        order = pc.sort_indices(table, [("run_key", "ascending"), ("start", "ascending"), ("iteration", "ascending")])
        table = table.take(order)
        keys, counts = np.unique(table["run_key"].to_numpy(), return_counts=True)
        ends = np.cumsum(counts)
        return {
            key: trace_from(table.slice(end - count, count))
            for key, end, count in zip(keys, ends.tolist(), counts.tolist(), strict=True)
        }

    def _table(self, name: str, keys: Iterable[str] | None = None, column: str = "run_key") -> pa.Table:
        parts = self._parts(name)
        if not parts:
            return SCHEMAS[name].empty_table()
        wanted = None if keys is None else pa.array(keys, pa.string())
        if name != "traces":
            table = pa.concat_tables([self._part(part) for part in parts])
            return table if wanted is None else table.filter(pc.is_in(table[column], wanted))
        chosen = None if wanted is None else ds.field(column).isin(wanted)
        try:
            return ds.dataset([str(part) for part in parts], schema=SCHEMAS[name]).to_table(filter=chosen)
        except (pa.ArrowException, OSError) as error:
            raise ResultsError(f"{self.path / name}.parquet cannot be read: {error}") from error

    def _part(self, part: Path) -> pa.Table:
        """One part of `runs` or `trials`, kept in memory, as a search reads it again for every batch."""
        if part not in self._small:
            try:
                self._small[part] = pq.read_table(part, partitioning=None)
            except (pa.ArrowException, OSError) as error:
                raise ResultsError(f"{part} cannot be read: {error}") from error
        return self._small[part]

    def _parts(self, name: str) -> list[Path]:
        folder = self.path / f"{name}.parquet"
        return [folder / part for part in self._published()]

    def _published(self) -> list[str]:
        """The names of the published parts: those that `runs` has."""
        try:
            names = [part.name for part in (self.path / "runs.parquet").iterdir()]
        except FileNotFoundError:
            return []
        return sorted(name for name in names if name.startswith("part-") and name.endswith(".parquet"))

    def _remove_unpublished(self) -> None:
        published = set(self._published())
        for table in SCHEMAS:
            folder = self.path / f"{table}.parquet"
            for path in [*folder.glob("part-*.parquet"), *folder.glob(".part-*")]:
                if path.name not in published:
                    path.unlink()


def load(name: str, output_dir: str | Path = "outputs") -> pd.DataFrame:
    """Loads all runs of a study as a data frame.

    Args:
        name: The study's name.
        output_dir: The folder of all studies.

    Returns:
        One row per run: `run_key`, `objective`, `optimizer`, a column per hyperparameter, `outcome`, and the measures
        (medians over starts; `_q25` and `_q75` are their quartiles).

    Raises:
        InputError: There is no such study, or an argument has the wrong type.
        ResultsError: A table of the study cannot be read.

    >>> from tempfile import mkdtemp
    >>> from rmsprop_lab import Starts, Study, run_study
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> folder = mkdtemp()
    >>> study = Study("example", {"bowl": Bowl()}, {"gd": GD(step_size=0.1)}, Starts(count=5), n_iter=100)
    >>> summary = run_study(study, output_dir=folder, tracking="none", figures=False)
    >>> load("example", output_dir=folder)[["objective", "optimizer", "step_size", "outcome"]].to_dict("records")
    [{'objective': 'bowl', 'optimizer': 'gd', 'step_size': 0.1, 'outcome': 'ok'}]
    """
    return _existing(name, output_dir).runs()


def load_traces(name: str, run_keys: Iterable[str] | None = None, output_dir: str | Path = "outputs") -> pd.DataFrame:
    """Loads the traces of a study's runs as a data frame.

    Args:
        name: The study's name.
        run_keys: Keys of the runs, from the column `run_key` of `load`; None for all runs.
        output_dir: The folder of all studies.

    Returns:
        One row per run, start and kept iteration: `run_key`, `start`, `iteration`, `value`, `gradient_norm`, `point`.

    Raises:
        InputError: There is no such study, or an argument has the wrong type.
        ResultsError: A table of the study cannot be read.
    """
    if run_keys is not None:
        if isinstance(run_keys, str) or not isinstance(run_keys, Iterable):
            raise InputError("run_keys", "a list of run keys, such as load(name).run_key", run_keys)
        run_keys = list(run_keys)
        if strange := next((key for key in run_keys if not isinstance(key, str) or len(key) != 64), None):
            raise InputError("run_keys", "run keys, as in load(name).run_key", strange)
    return _existing(name, output_dir).traces(run_keys)


def _existing(name: object, output_dir: object) -> StudyFolder:
    if not isinstance(name, str):
        raise InputError("name", "the name of a study that has runs", name)
    if not isinstance(output_dir, str | Path):
        raise InputError("output_dir", "the path of a folder", output_dir)
    folder = StudyFolder(output_dir, name)
    if not (folder.path / "runs.parquet").is_dir():
        studies = sorted(path.parent.name for path in Path(output_dir).glob("*/runs.parquet"))
        has = Found(f"{name!r}, but {output_dir} has {', '.join(studies) or 'no studies'}")
        raise InputError("name", "the name of a study that has runs", has)
    return folder


def _without(table: pa.Table, keys: Sequence[Any], known: set[Any]) -> pa.Table:
    fresh = dict.fromkeys(key for key in keys if key not in known)
    if len(fresh) == len(keys):
        return table
    first = {key: index for index, key in reversed(list(enumerate(keys)))}
    return table.take(pa.array([first[key] for key in fresh], pa.int64()))
