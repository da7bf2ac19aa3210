"""The parts of the tables in one folder: a study's own folder, or that of one of its shards."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from rmsprop_lab.errors import ResultsError
from rmsprop_lab.storage.schema import FORMAT, FORMAT_KEY, SCHEMAS

KEYS = {
    "runs": ("run_key",),
    "trials": ("cell", "repeat", "trial", "phase"),
    "traces": ("run_key",),
    "starts": ("run_key",),
}
"""The columns that identify what is published once. All rows of a run are published together."""
_CHECKED = ds.ParquetFragmentScanOptions(page_checksum_verification=True)


class Parts:
    """The published parts below one folder; each table is a Parquet dataset, a folder of parts.

    A part that `runs` does not have was not published: readers ignore it, and the next writer removes it. All readers
    raise `ResultsError` for a damaged part, or one of another format.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._small: dict[Path, pa.Table] = {}  # all but traces; parts never change once published
        self._keys: dict[Path, set[Any]] = {}

    def names(self) -> list[str]:
        """The names of the published parts: those that `runs` has."""
        try:
            names = [part.name for part in (self.path / "runs.parquet").iterdir()]
        except FileNotFoundError:
            return []
        return sorted(name for name in names if name.startswith("part-") and name.endswith(".parquet"))

    def paths(self, table: str) -> list[Path]:
        """The published parts of a table."""
        folder = self.path / f"{table}.parquet"
        return [folder / name for name in self.names()]

    def keys(self, table: str) -> set[Any]:
        """The keys (see `KEYS`) of a table's rows. Only parts that are new since the last call are read."""
        for part in self.paths(table):
            if part not in self._keys:
                self._keys[part] = set(keys_of(self._part(part, table), table))
        return set().union(*(self._keys[part] for part in self.paths(table)))

    def read(self, table: str, wanted: Iterable[str] | None, column: str) -> pa.Table:
        """The rows of a table, or those whose `column` is among `wanted`."""
        parts = self.paths(table)
        if not parts:
            return SCHEMAS[table].empty_table()
        among = None if wanted is None else pa.array(wanted, pa.string())
        if table != "traces":
            whole = pa.concat_tables([self._part(part, table) for part in parts])
            return whole if among is None else whole.filter(pc.is_in(whole[column], among))
        chosen = None if among is None else ds.field(column).isin(among)
        kind = ds.ParquetFileFormat(default_fragment_scan_options=_CHECKED)
        try:
            dataset = ds.dataset([str(part) for part in parts], schema=SCHEMAS[table], format=kind)
            return dataset.to_table(filter=chosen)
        except (pa.ArrowException, OSError) as error:
            raise ResultsError(f"{self.path / table}.parquet cannot be read: {error}") from error

    def remember(self, part: Path, rows: pa.Table) -> None:
        """Keeps the rows of a part that was just written."""
        self._small[part] = rows

    def remove_unpublished(self) -> None:
        """Removes parts that an interrupted publication left."""
        published = set(self.names())
        for table in SCHEMAS:
            folder = self.path / f"{table}.parquet"
            for path in [*folder.glob("part-*.parquet"), *folder.glob(".part-*")]:
                if path.name not in published:
                    path.unlink()

    def _part(self, part: Path, table: str) -> pa.Table:
        """One part, kept in memory, as a search reads it again for every batch."""
        if part not in self._small:
            try:
                rows = pq.read_table(part, partitioning=None, page_checksum_verification=True)
            except (pa.ArrowException, OSError) as error:
                raise ResultsError(f"{part} cannot be read: {error}") from error
            if (rows.schema.metadata or {}).get(FORMAT_KEY) != str(FORMAT).encode():
                raise ResultsError(f"{part} is not of format {FORMAT}; move it out of the study's folder")
            self._small[part] = rows
        return self._small[part]


def keys_of(rows: pa.Table, table: str) -> list[Any]:
    """The key of each row: a run key, or a tuple for a trial."""
    columns = [rows[name].to_pylist() for name in KEYS[table]]
    return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
