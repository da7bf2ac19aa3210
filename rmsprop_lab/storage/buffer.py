"""What was computed and is not on disk yet: several batches are written as one part."""

import time
from collections.abc import Iterable

import pyarrow as pa

from rmsprop_lab.storage.folder import Published, StudyFolder
from rmsprop_lab.storage.schema import SCHEMAS

_MOST_SECONDS = 1.0  # of work that a power cut may cost; a part takes some 20 ms, most of it waiting for the disk
_MOST_BYTES = 64 * 2**20


class Buffer:
    """Rows for a study's folder, published together: once a second, once they are large, and when asked to."""

    def __init__(self, folder: StudyFolder) -> None:
        self._folder = folder
        self._clear()

    def _clear(self) -> None:
        self._tables: dict[str, list[pa.Table]] = {name: [] for name in SCHEMAS}
        self._since: float | None = None

    def add(self, runs: Iterable[pa.Table], trials: Iterable[pa.Table], traces: Iterable[pa.Table]) -> Published:
        """Takes what belongs together, to be published together; returns what was published on this occasion."""
        for name, tables in (("runs", runs), ("trials", trials), ("traces", traces)):
            self._tables[name].extend(tables)
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        large = sum(part.nbytes for part in self._tables["traces"]) >= _MOST_BYTES
        return self.publish() if large or now - self._since >= _MOST_SECONDS else Published(0, 0)

    def publish(self) -> Published:
        """Brings everything to disk; what another process has published meanwhile is left out."""
        if self._since is None:
            return Published(0, 0)
        whole = {name: pa.concat_tables([SCHEMAS[name].empty_table(), *parts]) for name, parts in self._tables.items()}
        with self._folder.lock():
            published = self._folder.publish(whole["runs"], whole["trials"], whole["traces"])
        self._clear()
        return published
