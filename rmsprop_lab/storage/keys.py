"""What identifies a row of each table."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rmsprop_lab.storage import times

KEYS = {
    "runs": ("run_key",),
    "trials": ("cell", "repeat", "trial", "phase"),
    "traces": ("run_key",),
    "starts": ("run_key",),
    times.NAME: ("run_key",),
}
"""The columns that identify what is published once. All rows of a run are published together."""


def keys_of(rows: pa.Table, table: str) -> list[Any]:
    """The key of each row: a run key, or a tuple for a trial."""
    columns = [rows[name].to_pylist() for name in KEYS[table]]
    return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))


def rows_among(rows: pa.Table, wanted: Iterable[str] | None, column: str) -> pa.Table:
    """The rows, or those whose `column` is among `wanted`."""
    if wanted is None or not len(rows):
        return rows
    return rows.filter(pc.is_in(rows[column], pa.array(list(wanted), pa.string())))
