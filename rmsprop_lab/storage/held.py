"""Rows that wait to be published."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from rmsprop_lab.storage.parts import keys_of, rows_among
from rmsprop_lab.storage.schema import SCHEMAS


class Held:
    """Rows that wait to be published: the readers of the folder that holds them find them, other processes do not."""

    def __init__(self) -> None:
        self._tables: dict[str, list[pa.Table]] = {}

    def __bool__(self) -> bool:
        return bool(self._tables)

    def add(self, tables: Mapping[str, Iterable[pa.Table]]) -> None:
        """Adds rows by the name of their table."""
        for name, parts in tables.items():
            self._tables.setdefault(name, []).extend(parts)

    def clear(self) -> None:
        """Forgets all rows, which are published now."""
        self._tables = {}

    @property
    def trace_bytes(self) -> int:
        """The size of the traces, which most bytes are in."""
        return sum(part.nbytes for part in self._tables.get("traces", ()))

    def table(self, name: str) -> pa.Table:
        """All rows of a table."""
        return pa.concat_tables([SCHEMAS[name].empty_table(), *self._tables.get(name, ())])

    def keys(self, table: str) -> set[Any]:
        """The keys of a table's rows."""
        return set(keys_of(self.table(table), table))

    def read(self, table: str, wanted: Iterable[str] | None, column: str) -> pa.Table:
        """The rows of a table, or those whose `column` is among `wanted`."""
        return rows_among(self.table(table), wanted, column)
