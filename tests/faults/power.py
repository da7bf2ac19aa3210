"""A power cut in a study's folder: what was not synced is not there any more."""

import os
import stat
from pathlib import Path
from typing import Any

from faults.points import replaced


class PowerCut:
    """Watches this process: which files and names in `folder` are not yet on the disk for certain.

    Only writes by `Path.write_bytes` and names by `Path.replace` are known, which is how all results are written.

    Args:
        folder: The study's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unsynced: set[int] = set()  # numbers of files
        self._renamed: list[tuple[Path, Path, bytes | None]] = []  # the old name, the new one, what that had before

    def watch(self) -> None:
        """Begins."""
        replaced("pathlib:Path.write_bytes", self._writing)
        replaced("pathlib:Path.replace", self._renaming)
        replaced("os:fsync", self._syncing)

    def strike(self) -> None:
        """Takes back what is not synced: names are the old ones, and files are empty."""
        for old, new, before in reversed(self._renamed):
            new.rename(old)
            if before is not None:
                new.write_bytes(before)
        for path in self._folder.rglob("*"):
            if path.is_file() and path.stat().st_ino in self._unsynced:
                os.truncate(path, 0)

    def _writing(self, original: Any) -> Any:
        def write(path: Path, content: bytes) -> int:
            count: int = original(path, content)
            if path.absolute().is_relative_to(self._folder):
                self._unsynced.add(path.stat().st_ino)
            return count

        return write

    def _renaming(self, original: Any) -> Any:
        def rename(path: Path, target: Any) -> Any:
            new = Path(target).absolute()
            before = new.read_bytes() if new.is_file() else None
            result = original(path, target)
            if new.is_relative_to(self._folder):
                self._renamed.append((path.absolute(), new, before))
            return result

        return rename

    def _syncing(self, original: Any) -> Any:
        def sync(descriptor: int) -> None:
            original(descriptor)
            status = os.fstat(descriptor)
            self._unsynced.discard(status.st_ino)
            if stat.S_ISDIR(status.st_mode):
                synced = [entry for entry in self._renamed if entry[1].parent.stat().st_ino == status.st_ino]
                self._renamed = [entry for entry in self._renamed if entry not in synced]

        return sync
