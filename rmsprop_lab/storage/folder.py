"""A study's folder: reads its tables and adds to them.

There are four Parquet datasets: `runs.parquet`, `trials.parquet`, `traces.parquet` and `starts.parquet`, each a folder
of parts. Rows are published as one part of the same name in each dataset, under the folder's lock, `runs` last. Each
shard publishes below the study's folder, in `shards/<i>-of-<N>/`, so that nothing depends on locks between machines:
readers read all of them, and the closing step gathers their rows.
"""

import json
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.descent import Trace
from rmsprop_lab.errors import DamageWarning, ResultsError, TrackingError
from rmsprop_lab.evaluation.span import Span
from rmsprop_lab.processes.locking import DEFAULT_WAIT, locked
from rmsprop_lab.processes.temporary import remove_left_behind
from rmsprop_lab.storage.aside import told
from rmsprop_lab.storage.format import check_format, is_stated, version_of, write_format
from rmsprop_lab.storage.held import Held
from rmsprop_lab.storage.keys import keys_of
from rmsprop_lab.storage.parts import Parts, unknown
from rmsprop_lab.storage.schema import FORMAT, SCHEMAS, traces_from, widened
from rmsprop_lab.storage.times import NAME as TIMES

SHARDS = "shards"
"""The folder, below a study's, of the folders of its shards."""


class Published(NamedTuple):
    """Numbers of rows that were published, without those that another process had published already."""

    runs: int
    trials: int


class Taken(NamedTuple):
    """What came from another folder: what was new, how many runs that folder has, and which parts are damaged."""

    new: Published
    runs: int
    damaged: list[str]


class StudyFolder:
    """The folder `<output_dir>/<name>` of one study.

    All its readers raise `ResultsError` for a damaged table, and for a folder of an earlier format, which
    `rmsprop_lab.tasks.upgrade` measures again.

    Args:
        output_dir: The folder of all studies.
        name: The study's name.
        wait: Seconds to wait for a lock that another process holds.
        shard: The shard that publishes in a folder of its own, and the number of shards; None for the whole study.
    """

    def __init__(
        self, output_dir: str | Path, name: str, wait: float = DEFAULT_WAIT, shard: tuple[int, int] | None = None
    ) -> None:
        self.path = local_folder(output_dir) / name
        self._wait, self._is_part = wait, shard is not None
        self._whole = Parts(self.path)
        self._own = Parts(self.path / SHARDS / f"{shard[0]}-of-{shard[1]}") if shard else self._whole
        self._shards: dict[Path, Parts] = {self._own.path: self._own} if shard else {}
        self.held = Held()
        """Rows that wait for `publish_held`, and that its readers find already."""

    def __fspath__(self) -> str:
        return str(self.path)

    @property
    def own_path(self) -> Path:
        """The folder that it publishes in: the study's, or that of a shard."""
        return self._own.path

    def lock(self) -> AbstractContextManager[None]:
        """The lock to hold while publishing, for milliseconds; raises `ResultsError` if another process keeps it."""
        return self._lock(self._own)

    def _lock(self, parts: Parts) -> AbstractContextManager[None]:
        parts.path.mkdir(parents=True, exist_ok=True)
        return locked(parts.path / ".lock", str(parts.path), self._wait, ResultsError)

    def tracking_lock(self) -> AbstractContextManager[None]:
        """The lock to hold while MLflow is told of runs; raises `TrackingError` if another process keeps it."""
        self.path.mkdir(parents=True, exist_ok=True)
        what = f"{self.path} for telling MLflow"
        return locked(self.path / ".tracking.lock", what, self._wait, TrackingError)

    def mend(self) -> None:
        """Sets aside damaged parts, with a warning: their runs count as not computed. Removes temporary files too.

        Only files that dead processes left are removed. A shard mends its own folder alone.
        """
        if not self.path.is_dir():
            return
        if self.version == FORMAT:
            if not is_stated(self.path) or self._own.obstructed():
                with self.lock():
                    write_format(self.path)
                    self._own.clear()
            for parts in [self._own] if self._is_part else self._folders():
                if parts.damage():  # looked for without the lock, as it takes as long as reading the tables
                    self._set_aside(parts, parts.damage)
            if self._own.unpublished():
                self._set_aside(self._own, self._own.without_runs)
        remove_left_behind(self.path)

    def _set_aside(self, parts: Parts, look: Callable[[], Mapping[str, str]]) -> None:
        with self.lock():
            damage = look()
            parts.set_aside(damage)
            self._own.remove_unpublished()
        if damage:
            warnings.warn(told(parts.path, damage), DamageWarning, stacklevel=4)

    @property
    def version(self) -> int | None:
        """The version of its format; None if it has no results."""
        return version_of(self.path)

    def run_keys(self, among: Collection[str] | None = None) -> set[str]:
        """The keys of all runs, or of those `among` some."""
        return self._keys("runs", among)

    def trial_keys(self) -> set[tuple[Any, ...]]:
        """Cell, repeat, number and phase of each trial."""
        return self._keys("trials")

    def start_keys(self, among: Collection[str] | None = None) -> set[str]:
        """The keys of the runs whose measures of each start are there, or of those `among` some."""
        return self._keys("starts", among)

    def publish(self, tables: Mapping[str, pa.Table]) -> Published:
        """Adds the rows that are new, all of them or, if it is interrupted, none. The caller holds the lock.

        Args:
            tables: Rows by the name of their table, see `SCHEMAS`; those already published are left out.
        """
        return self._publish(tables, self._folders())

    def publish_held(self) -> Published:
        """Publishes the rows that wait."""
        if not self.held:
            return Published(0, 0)
        with self.lock():
            published = self.publish({name: self.held.table(name) for name in (*SCHEMAS, TIMES)})
        self.held.clear()
        return published

    def _publish(self, tables: Mapping[str, pa.Table], known: Sequence[Parts]) -> Published:
        """Adds the rows that none of the `known` folders has."""
        self._own.remove_unpublished()
        new = {name: unknown(name, tables[name], known) for name in SCHEMAS if name != "traces"}
        if not any(map(len, new.values())):
            return Published(0, 0)
        fresh = new["runs"]["run_key"].combine_chunks()
        for name in tables.keys() - new.keys():  # of the new runs
            rows = tables[name]
            fits = len(fresh) == len(tables["runs"])
            new[name] = rows if fits else rows.filter(pc.is_in(rows["run_key"], fresh))
        write_format(self.path)
        self._own.write(new)
        return Published(len(new["runs"]), len(new["trials"]))

    def gather(self) -> Published:
        """Moves the rows of all shards into the study's own tables, each once; returns how many are new there.

        Interrupted, it leaves rows in both, which readers and the next call take once.
        """
        added = Published(0, 0)
        for parts in [] if self._is_part else self._folders()[1:]:
            for name in parts.names():
                tables = parts.tables(name)
                with self.lock():
                    new = self._publish(tables, [self._own])
                with self._lock(parts):
                    parts.remove(name)
                added = Published(added.runs + new.runs, added.trials + new.trials)
        return added

    def take(self, other: "StudyFolder") -> Taken:
        """Adds the rows of another study's folder and its shards, each once. The other folder stays as it is.

        Its damaged parts are left out.
        """
        added, seen, damaged = Published(0, 0), set[str](), dict[str, str]()
        for parts in other._folders():
            damaged |= parts.damage()
            for name in parts.names():
                if name in damaged:
                    continue
                tables = parts.tables(name)
                with self.lock():
                    new = self._publish(tables, self._folders())
                seen |= set(tables["runs"]["run_key"].to_pylist())
                added = Published(added.runs + new.runs, added.trials + new.trials)
        return Taken(added, len(seen), list(damaged.values()))

    @property
    def numerics(self) -> set[int]:
        """The versions of the arithmetic that computed its runs."""
        return set().union(*(parts.numerics() for parts in self._folders()))

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

    def starts(self, run_keys: Iterable[str] | None = None) -> pd.DataFrame:
        """The measures of each start, of all runs that have them or of the given ones: one row per run and start."""
        starts: pd.DataFrame = self._table("starts", run_keys).to_pandas()
        return starts

    def trace_of(self, run_keys: Sequence[str]) -> dict[str, Trace]:
        """The traces of runs as arrays, one descent per start; a run without a trace is left out."""
        return traces_from(self._table("traces", run_keys).combine_chunks())

    def spans(self, run_keys: Collection[str]) -> dict[str, Span]:
        """When runs that are published were computed, by run key."""
        return {key: span for parts in reversed(self._folders()) for key, span in parts.spans(run_keys).items()}

    def _keys(self, table: str, among: Collection[str] | None = None) -> set[Any]:
        return set().union(*(source.keys(table, among) for source in self._sources()))

    def _table(self, name: str, keys: Iterable[str] | None = None, column: str = "run_key") -> pa.Table:
        wanted = None if keys is None else set(keys)
        tables: list[pa.Table] = []
        seen: set[Any] = set()
        sources = self._sources()
        for source in sources:
            rows = source.read(name, wanted, column)
            if len(sources) > 1 and len(rows):  # they may have runs in common
                found = keys_of(rows, name)
                if not seen.isdisjoint(found):
                    rows = rows.filter(pa.array([key not in seen for key in found], pa.bool_()))
                seen |= set(found)
            tables.append(rows)
        return pa.concat_tables(tables)

    def _sources(self) -> list[Parts | Held]:
        """Where readers find rows."""
        return [*self._folders(), self.held] if self.held else [*self._folders()]

    def _folders(self) -> list[Parts]:
        """The study's own folder, then those of its shards."""
        if self.version not in (None, FORMAT):
            check_format(self.path)
            raise ResultsError(
                f"{self.path} is of format {self.version}, this version reads format {FORMAT}: the command that wrote "
                f"it, or task=refill name={self.path.name}, measures its runs again"
            )
        for path in sorted(self.path.glob(f"{SHARDS}/*-of-*")):
            self._shards.setdefault(path, Parts(path))
        return [self._whole, *self._shards.values()]
