"""Collects computed rows, so that several batches are written to disk as one part."""

import time
from collections.abc import Iterable, Mapping

import pyarrow as pa

from rmsprop_lab.storage.folder import Published, StudyFolder

_MOST_SECONDS = 1.0  # of work that a power cut may lose; writing a part takes about 20 ms, mostly waiting for the disk
_MOST_BYTES = 64 * 2**20


class Buffer:
    """Publishes rows of a study's folder together: those of a second of work, of 64 MiB, or all by `publish`.

    What takes longer than a second to compute is published at once. The folder's own readers find rows that wait.

    Args:
        folder: The study's folder.
    """

    def __init__(self, folder: StudyFolder) -> None:
        self._folder = folder
        self._since = time.monotonic()

    def add(self, tables: Mapping[str, Iterable[pa.Table]]) -> Published:
        """Adds tables that must be published together.

        Args:
            tables: Tables by the name of their schema: `runs`, `trials`, `traces`, `starts`.

        Returns:
            The numbers of rows that this call published, if it did.
        """
        self._folder.held.add(tables)
        is_due = time.monotonic() - self._since >= _MOST_SECONDS or self._folder.held.trace_bytes >= _MOST_BYTES
        return self.publish() if is_due else Published(0, 0)

    def publish(self) -> Published:
        """Writes everything to disk, except rows that another process has published meanwhile."""
        published = self._folder.publish_held()
        self._since = time.monotonic()
        return published
