"""Writes files that appear whole or not at all, and stamps that say what derived files were made from."""

import os
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Writes a file by temporary file, fsync and rename: a reader sees the old content or the new one, never a part.

    Args:
        path: The file; missing folders are created.
        content: Its new content.
    """
    write_together([(path, content)])


def write_together(files: Sequence[tuple[Path, bytes]]) -> None:
    """Writes several files atomically, the last one only after all others are on the disk, even in a power cut.

    It waits for the disk once for all files, which is much faster than one by one.

    Args:
        files: Paths and contents; at least one.
    """
    temporary = {}
    for path, content in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary[path] = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        temporary[path].write_bytes(content)
    _sync(list(temporary.values()))
    *others, last = temporary
    for path in others:
        temporary[path].replace(path)
    _sync([path.parent for path in others])
    temporary[last].replace(last)
    _sync([last.parent])


@dataclass(frozen=True)
class Stamp:
    """A hidden file that says what the files beside it were made from, so that they are remade only if that changed.

    Args:
        path: The hidden file.
        shows: Text that identifies what the derived files show.
    """

    path: Path
    shows: str

    def is_current(self) -> bool:
        """Whether the derived files were made from the same content."""
        return self.path.exists() and self.path.read_text(encoding="utf-8") == self.shows

    def write(self) -> None:
        """Writes the stamp. Call it after all derived files are written."""
        write_atomically(self.path, self.shows.encode())


def _sync(paths: Sequence[Path]) -> None:
    """Waits until files, or the entries of folders, are on the disk: in parallel, which takes as long as one."""
    if len(paths) < 2:
        for path in paths:
            _sync_one(path)
        return
    with ThreadPoolExecutor(len(paths)) as pool:
        list(pool.map(_sync_one, paths))


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
