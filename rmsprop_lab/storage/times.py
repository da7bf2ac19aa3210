"""When the runs of a part were computed: files beside the tables, as nothing else of a run differs from one computer,
or from one command, to the next.

Nothing depends on them. They are written once their part is published, and not waited for: of a part without one its
runs count as computed when it was written.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rmsprop_lab.evaluation.compute import Computed
from rmsprop_lab.evaluation.span import Span
from rmsprop_lab.processes.temporary import temporary_path
from rmsprop_lab.storage.schema import parquet_bytes

NAME = "times"
"""The key of these rows among the tables of a publication, which may lack them."""
TIMES = pa.schema([("run_key", pa.string()), ("began", pa.int64()), ("ended", pa.int64())])


def time_table(computed: Computed) -> pa.Table:
    """Rows of `TIMES`, one per computed run."""
    return _table(zip(computed.run_keys, computed.spans, strict=True))


def write_times(folder: Path, part: str, rows: pa.Table) -> None:
    """Writes the rows of a part that is published. What the disk refuses is left out: the runs are what counts."""
    path = _path(folder, part)
    new = temporary_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(parquet_bytes(rows))
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def read_times(folder: Path, part: str, run_keys: Collection[str]) -> pa.Table:
    """The rows of some runs of a published part. What was not measured is the time when the part was written."""
    found = _measured(_path(folder, part))
    try:
        written = int((folder / "runs.parquet" / part).stat().st_mtime * 1000)
    except OSError:  # another process has taken the part away meanwhile
        return TIMES.empty_table()
    return _table((key, found.get(key, Span(written, written))) for key in run_keys)


def remove_times(folder: Path, part: str) -> None:
    """Removes the rows of a part that is no longer there."""
    path = _path(folder, part)
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def spans_of(rows: pa.Table) -> dict[str, Span]:
    """Rows of `TIMES` by run key."""
    keys, began, ended = (rows[name].to_pylist() for name in TIMES.names)
    return {key: Span(*span) for key, *span in zip(keys, began, ended, strict=True)}


def _measured(path: Path) -> dict[str, Span]:
    """What a file says, as far as it makes sense."""
    try:
        content = path.read_bytes() if path.is_file() else b""  # a pipe would wait for a writer
        file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        rows = file.read(use_threads=False).select(TIMES.names).cast(TIMES)
    except (OSError, ValueError, KeyError, pa.ArrowException):  # lost, damaged, somebody else's
        return {}
    return {key: span for key, span in spans_of(rows).items() if key and 0 <= (span.began or -1) <= (span.ended or -1)}


def _table(spans: Iterable[tuple[str, Span]]) -> pa.Table:
    rows = [(key, *span) for key, span in spans]
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, TIMES, strict=True)], schema=TIMES
    )


def _path(folder: Path, part: str) -> Path:
    return folder / f"{NAME}.parquet" / part
