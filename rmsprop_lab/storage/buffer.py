"""What was computed and is not on disk yet: several batches are written as one part."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from rmsprop_lab.storage.folder import Published, StudyFolder
from rmsprop_lab.storage.schema import SCHEMAS, run_table, trial_table

_MOST_SECONDS = 1.0  # of work that a power cut may cost; a part takes some 20 ms, most of it waiting for the disk
_MOST_BYTES = 64 * 2**20


class Pending:
    """Rows for a study's folder, published together: once a second, once they are large, and when asked to."""

    def __init__(self, folder: StudyFolder) -> None:
        self._folder = folder
        self._clear()

    def _clear(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self._trials: list[Mapping[str, Any]] = []
        self._traces: list[pa.Table] = []
        self._since: float | None = None

    def add(self, rows: Sequence[dict[str, Any]], trials: Sequence[Mapping[str, Any]], traces: pa.Table) -> Published:
        """A batch; what was published on this occasion."""
        self.rows.update({row["run_key"]: row for row in rows})
        self._trials.extend(trials)
        self._traces.append(traces)
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        large = sum(part.nbytes for part in self._traces) >= _MOST_BYTES
        return self.publish() if large or now - self._since >= _MOST_SECONDS else Published(0, 0)

    def publish(self) -> Published:
        """Brings everything to disk; what another process has published meanwhile is left out."""
        if self._since is None:
            return Published(0, 0)
        traces = pa.concat_tables(self._traces or [SCHEMAS["traces"].empty_table()])
        with self._folder.lock():
            published = self._folder.publish(run_table(list(self.rows.values())), trial_table(self._trials), traces)
        self._clear()
        return published
