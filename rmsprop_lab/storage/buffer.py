"""Collects computed rows, so that several batches are written to disk as one part."""

import time
from collections.abc import Iterable, Mapping

import pyarrow as pa

from rmsprop_lab.storage.folder import Published, StudyFolder
from rmsprop_lab.storage.schema import SCHEMAS

_MOST_SECONDS = 1.0  # of work that a power cut may lose; writing a part takes about 20 ms, mostly waiting for the disk
_MOST_BYTES = 64 * 2**20


class Buffer:
    """Rows for a study's folder that are published together: after a second, above 64 MiB, or by `publish`.

    Args:
        folder: The study's folder.
    """

    def __init__(self, folder: StudyFolder) -> None:
        self._folder = folder
        self._clear()

    def _clear(self) -> None:
        self._tables: dict[str, list[pa.Table]] = {name: [] for name in SCHEMAS}
        self._since: float | None = None

    def add(self, tables: Mapping[str, Iterable[pa.Table]]) -> Published:
        """Adds tables that must be published together.

        Args:
            tables: Tables by the name of their schema: `runs`, `trials`, `traces`, `starts`.

        Returns:
            The numbers of rows that this call published, if it did.
        """
        for name, parts in tables.items():
            self._tables[name].extend(parts)
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        large = sum(part.nbytes for part in self._tables["traces"]) >= _MOST_BYTES
        return self.publish() if large or now - self._since >= _MOST_SECONDS else Published(0, 0)

    def publish(self) -> Published:
        """Writes everything to disk, except rows that another process has published meanwhile."""
        if self._since is None:
            return Published(0, 0)
        whole = {name: pa.concat_tables([SCHEMAS[name].empty_table(), *parts]) for name, parts in self._tables.items()}
        with self._folder.lock():
            published = self._folder.publish(whole)
        self._clear()
        return published
