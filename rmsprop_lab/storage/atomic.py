"""Files that appear whole or not at all, and the stamps that say what a derived file shows."""

import os
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Temporary file, fsync, rename: a reader sees the old content or the new one, never a part."""
    write_together([(path, content)])


def write_together(files: Sequence[tuple[Path, bytes]]) -> None:
    """Several files as by `write_atomically`; the last one appears, whatever happens, only after all others did.

    The disk is waited for once for all of them and not for each.
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
    """A hidden file beside derived files that says what they show, so that they are made again only for something new.

    `shows`: what identifies their content.
    """

    path: Path
    shows: str

    def is_current(self) -> bool:
        """Whether the derived files already show this."""
        return self.path.exists() and self.path.read_text(encoding="utf-8") == self.shows

    def write(self) -> None:
        """Called once the derived files are there."""
        write_atomically(self.path, self.shows.encode())


def _sync(paths: Sequence[Path]) -> None:
    """Waits until files, or the names in folders, are on the disk: all at once, which takes as long as one."""
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
