"""Writes files that appear whole or not at all."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from rmsprop_lab.processes.temporary import temporary_path


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
    temporary = {path: temporary_path(path) for path, _ in files}
    try:
        for path, content in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary[path].write_bytes(content)
        _sync(list(temporary.values()))
    except BaseException:  # a full disk: nothing has its name yet
        for path in temporary.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    *others, last = temporary
    for path in others:
        temporary[path].replace(path)
    _sync([path.parent for path in others])
    temporary[last].replace(last)
    _sync([last.parent])


def digest_of(content: bytes) -> str:
    """The checksum of a file: 16 hexadecimal digits of SHA-256."""
    return sha256(content).hexdigest()[:16]


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
