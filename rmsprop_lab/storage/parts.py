"""The parts of the tables in one folder: a study's own folder, or that of one of its shards.

A publication is one part of the same name in each table. The name ends in the checksum of the part of `runs`, which has
the checksums of the other parts in its metadata: whatever changes in a file is noticed.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rmsprop_lab.errors import ResultsError
from rmsprop_lab.storage.aside import clear_way, set_aside
from rmsprop_lab.storage.atomic import digest_of, write_together
from rmsprop_lab.storage.schema import FORMAT, FORMAT_KEY, NUMERICS_KEY, SCHEMAS, parquet_bytes

KEYS = {
    "runs": ("run_key",),
    "trials": ("cell", "repeat", "trial", "phase"),
    "traces": ("run_key",),
    "starts": ("run_key",),
}
"""The columns that identify what is published once. All rows of a run are published together."""
CHECKSUMS_KEY = b"rmsprop_lab.checksums"
"""Metadata of a part of `runs`: the checksums of the other parts of its publication, by table, as JSON."""
_MOST_CHUNKS = 16  # of a table in memory; rows are looked up in each
_NAME = re.compile(r"part-(?P<number>\d+)-(?P<digest>[0-9a-f]{16}|[0-9a-f]{8})\.parquet")


class Parts:
    """The published parts below one folder; each table is a Parquet dataset, a folder of parts.

    A part that `runs` does not have was not published: readers ignore it, and the next writer removes it. All readers
    raise `ResultsError` for a damaged part, or one of another format. A part that another process takes away meanwhile
    is left out.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # Parts never change once published. Of traces the part written last is kept, which is logged next.
        self._held: dict[tuple[str, str], pa.Table] = {}
        self._keys: dict[tuple[str, str], set[Any]] = {}
        self._known: dict[str, tuple[list[str], set[Any]]] = {}  # by table, the parts and their keys
        self._whole: dict[str, tuple[list[str], pa.Table]] = {}  # by table, the parts and their rows

    def names(self, table: str = "runs") -> list[str]:
        """The names of the published parts, in their order: those that `runs` has."""
        try:
            names = [part.name for part in (self.path / f"{table}.parquet").iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name for name in names if _NAME.fullmatch(name))

    def keys(self, table: str, among: Collection[Any] | None = None) -> set[Any]:
        """The keys (see `KEYS`) of a table's rows, or those `among` some. Only parts that are new are read."""
        names = self.names()
        there, keys = self._known.get(table, ([], set[Any]()))
        if there != names:
            if names[: len(there)] != there:  # parts were taken away
                there, keys = [], set[Any]()
            keys.update(*(self._keys_of(name, table) for name in names[len(there) :]))
            self._known[table] = names, keys
        return set(keys) if among is None else keys.intersection(among)

    def read(self, table: str, wanted: set[str] | None, column: str) -> pa.Table:
        """The rows of a table, or those whose `column` is among `wanted`."""
        names = self.names()
        if table != "traces":
            return rows_among(self._joined(table, names), wanted, column)
        if wanted is not None:  # most bytes are in these parts
            names = [name for name in names if not self._keys_of(name, "runs").isdisjoint(wanted)]
        return pa.concat_tables([SCHEMAS[table].empty_table(), *(self._traces(name, wanted, column) for name in names)])

    def _traces(self, name: str, wanted: set[str] | None, column: str) -> pa.Table:
        """The traces in one part, or those whose `column` is among `wanted`."""
        rows = self.rows(name, "traces")
        if wanted is None or self._keys_of(name, "runs") <= wanted:  # filtering takes as long as reading
            return rows
        return rows_among(rows, wanted, column)

    def _joined(self, table: str, names: list[str]) -> pa.Table:
        """All rows of a table. They are kept, as a search looks for its own among them after every batch."""
        there, whole = self._whole.get(table, ([], SCHEMAS[table].empty_table()))
        if there != names:
            if names[: len(there)] != there:  # parts were taken away
                there, whole = [], SCHEMAS[table].empty_table()
            whole = pa.concat_tables([whole, *(self.rows(name, table) for name in names[len(there) :])])
            if whole.column(0).num_chunks > _MOST_CHUNKS:
                whole = whole.combine_chunks()
            self._whole[table] = names, whole
        return whole

    def write(self, tables: Mapping[str, pa.Table]) -> None:
        """Publishes the rows of all tables as one part each: all of them or, if it is interrupted, none."""
        contents = {table: parquet_bytes(tables[table]) for table in SCHEMAS if table != "runs"}
        sums = json.dumps({table: digest_of(content) for table, content in contents.items()}).encode()
        runs = tables["runs"].replace_schema_metadata({**tables["runs"].schema.metadata, CHECKSUMS_KEY: sums})
        contents["runs"] = parquet_bytes(runs)
        number = max((int(_NAME.fullmatch(name)["number"]) + 1 for name in self.names()), default=0)  # type: ignore[index]
        name = f"part-{number:05d}-{digest_of(contents['runs'])}.parquet"
        write_together([(self._path(name, table), contents[table]) for table in SCHEMAS])
        self._held = {key: rows for key, rows in self._held.items() if key[1] != "traces"}
        self._held |= {(name, table): rows for table, rows in {**tables, "runs": runs}.items()}

    def remove_unpublished(self) -> None:
        """Removes parts that an interrupted publication left. The caller holds the lock."""
        published = set(self.names())
        for table in SCHEMAS:
            for path in (self.path / f"{table}.parquet").glob(".part-*"):
                path.unlink(missing_ok=True)
            for name in set(self.names(table)) - published:
                self._path(name, table).unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Removes a published part, `runs` first, and the folders of tables that are empty then.

        The caller holds the lock, and has published its rows elsewhere.
        """
        for table in reversed(SCHEMAS):
            self._path(name, table).unlink(missing_ok=True)
            self._forget(name, table)
            with suppress(OSError):  # other parts are there
                self._path(name, table).parent.rmdir()

    def damage(self) -> dict[str, str]:
        """What is wrong with each damaged part, by its name: one of its files is cut, changed or missing."""
        return {name: wrong for name in self.names() if (wrong := self._wrong_with(name))}

    def unpublished(self) -> bool:
        """Whether there are parts that `runs` does not have, or temporary files: perhaps of a publication under way."""
        others = {name for table in SCHEMAS for name in self.names(table)} - set(self.names())
        return bool(others) or any(any((self.path / f"{table}.parquet").glob(".part-*")) for table in SCHEMAS)

    def without_runs(self) -> dict[str, str]:
        """The same as `damage` for parts whose file in `runs` is lost. The caller holds the lock.

        Of an interrupted publication, which is no damage, there is a temporary file in `runs`.
        """
        others = {name for table in SCHEMAS for name in self.names(table)} - set(self.names())
        folder = self.path / "runs.parquet"
        lost = [name for name in sorted(others) if not any(folder.glob(f".{name}.*"))]
        return {name: f"{folder / name} is missing" for name in lost}

    def obstructed(self) -> bool:
        """Whether a file stands where the folder of a table should be."""
        places = [self._path("", table) for table in SCHEMAS]
        return any(place.exists() and not place.is_dir() for place in places)

    def clear(self) -> None:
        """Sets aside files in the place of the folders of tables. The caller holds the lock."""
        for table in SCHEMAS:
            clear_way(self._path("part", table), self.path)

    def set_aside(self, names: Collection[str]) -> None:
        """Moves parts, with those of the same name in the other tables, into `damaged/`. The caller holds the lock."""
        for name in names:
            for table in reversed(SCHEMAS):  # `runs` first: then the others are no longer published
                if self._path(name, table).exists():
                    set_aside(self._path(name, table), self.path)
                self._forget(name, table)

    def _forget(self, name: str, table: str) -> None:
        self._held.pop((name, table), None)
        self._keys.pop((name, table), None)

    def _wrong_with(self, name: str) -> str | None:
        try:
            for table in reversed(SCHEMAS):
                if _has_checksums(name):
                    self._content(name, table)
                else:
                    self._parsed(name, table)
        except ResultsError as error:
            return str(error) if name in self.names() else None
        return None

    def numerics(self) -> set[int]:
        """The versions of the arithmetic that computed its runs, of the parts that are not damaged."""
        found = set()
        for name in self.names():
            with suppress(ResultsError):
                metadata = self.rows(name, "runs").schema.metadata or {}
                found.add(int(metadata.get(NUMERICS_KEY, b"1")))  # the first version did not say it
        return found

    def rows(self, name: str, table: str) -> pa.Table:
        """The rows of one part; none if the part is not published any more."""
        try:
            return self._part(name, table)
        except ResultsError:
            if name in self.names():
                raise
            return SCHEMAS[table].empty_table()

    def _keys_of(self, name: str, table: str) -> set[Any]:
        if (name, table) not in self._keys:
            self._keys[name, table] = set(keys_of(self.rows(name, table), table))
        return self._keys[name, table]

    def _part(self, name: str, table: str) -> pa.Table:
        """One part; all but traces are kept in memory, as a search reads them again for every batch."""
        if (name, table) in self._held:
            return self._held[name, table]
        rows = self._parsed(name, table)
        if table != "traces":
            self._held[name, table] = rows
        return rows

    def _parsed(self, name: str, table: str) -> pa.Table:
        path, content = self._path(name, table), self._content(name, table)
        try:
            file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
            rows = file.read(use_threads=False)  # parts are small
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            raise ResultsError(f"{path} cannot be read: {error}") from error
        if (rows.schema.metadata or {}).get(FORMAT_KEY) != str(FORMAT).encode():
            raise ResultsError(f"{path} is not of format {FORMAT}")
        return rows

    def _content(self, name: str, table: str) -> bytes:
        """The bytes of one part, checked."""
        path = self._path(name, table)
        if path.exists() and not path.is_file():  # a pipe would wait for a writer
            raise ResultsError(f"{path} is no regular file")
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise ResultsError(f"{path} is missing") from None
        except OSError as error:
            raise ResultsError(f"{path} cannot be read: {error.strerror}") from error
        if _has_checksums(name) and digest_of(content) != self._checksum(name, table):
            raise ResultsError(f"{path} is damaged: it was cut or changed")
        return content

    def _checksum(self, name: str, table: str) -> str:
        if table == "runs":
            return name.rpartition("-")[2].removesuffix(".parquet")
        checksums: dict[str, str] = json.loads(self._part(name, "runs").schema.metadata[CHECKSUMS_KEY])
        return checksums[table]

    def _path(self, name: str, table: str) -> Path:
        return self.path / f"{table}.parquet" / name


def keys_of(rows: pa.Table, table: str) -> list[Any]:
    """The key of each row: a run key, or a tuple for a trial."""
    columns = [rows[name].to_pylist() for name in KEYS[table]]
    return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))


def rows_among(rows: pa.Table, wanted: Iterable[str] | None, column: str) -> pa.Table:
    """The rows, or those whose `column` is among `wanted`."""
    if wanted is None or not len(rows):
        return rows
    return rows.filter(pc.is_in(rows[column], pa.array(list(wanted), pa.string())))


def unknown(table: str, rows: pa.Table, known: Sequence[Parts]) -> pa.Table:
    """The rows whose key no folder has, one for each key; of `starts`, all rows of a key."""
    keys = keys_of(rows, table)
    there: set[Any] = set().union(*(parts.keys(table, keys) for parts in known))
    if table == "starts":
        return rows if there.isdisjoint(keys) else rows.filter(pa.array([key not in there for key in keys]))
    fresh = dict.fromkeys(key for key in keys if key not in there)
    if len(fresh) == len(keys):
        return rows
    first = {key: index for index, key in reversed(list(enumerate(keys)))}
    return rows.take(pa.array([first[key] for key in fresh], pa.int64()))


def _has_checksums(name: str) -> bool:
    """Whether the part is of a version that gave parts checksums of whole files, not of pages alone."""
    return len(name.rpartition("-")[2]) == len("0123456789abcdef.parquet")
