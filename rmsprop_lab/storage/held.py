"""Rows that wait to be published."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pyarrow as pa

from rmsprop_lab.storage.keys import keys_of, rows_among
from rmsprop_lab.storage.schema import SCHEMAS
from rmsprop_lab.storage.times import NAME, TIMES


class Held:
    """Rows that wait to be published: the readers of the folder that holds them find them, other processes do not."""

    def __init__(self) -> None:
        self.clear()

    def __bool__(self) -> bool:
        return bool(self._tables)

    def add(self, tables: Mapping[str, Iterable[pa.Table]]) -> None:
        """Adds rows by the name of their table."""
        for name, parts in tables.items():
            for part in parts:
                self._tables.setdefault(name, []).append(part)
                self.trace_bytes += part.nbytes if name == "traces" else 0
                if name != "traces":
                    self._keys.setdefault(name, set()).update(keys_of(part, name))

    def clear(self) -> None:
        """Forgets all rows, which are published now."""
        self._tables: dict[str, list[pa.Table]] = {}
        self._keys: dict[str, set[Any]] = {}
        self.trace_bytes = 0
        """The size of the traces, which most bytes are in."""

    def table(self, name: str) -> pa.Table:
        """All rows of a table."""
        schema = TIMES if name == NAME else SCHEMAS[name]
        return pa.concat_tables([schema.empty_table(), *self._tables.get(name, ())])

    def keys(self, table: str, among: Collection[Any] | None = None) -> set[Any]:
        """The keys of a table's rows, or those `among` some."""
        keys = self._keys.get(table, set())
        return set(keys) if among is None else keys.intersection(among)

    def read(self, table: str, wanted: Iterable[str] | None, column: str) -> pa.Table:
        """The rows of a table, or those whose `column` is among `wanted`."""
        return rows_among(self.table(table), wanted, column)
