"""Stamps say what derived files, such as tables and figures, were made from."""

import json
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rmsprop_lab.errors import DamageWarning
from rmsprop_lab.storage.aside import clear_way
from rmsprop_lab.storage.atomic import digest_of, write_atomically

_OF_VERSION_1 = re.compile(rb"[0-9a-f]{64}")


class _DamagedStamp(Exception):
    """A stamp was cut or changed."""


@dataclass(frozen=True)
class Stamp:
    """A hidden file that says what the files beside it were made from, so that they are remade only if that changed.

    To remake them: `begin`, `put` each file, `write`.

    Args:
        path: The hidden file, in a folder of the study's folder.
        shows: Text that identifies what the derived files show.
        folder: The study's folder; None for the one above the hidden file's.
    """

    path: Path
    shows: str
    folder: Path | None = None

    def is_current(self) -> bool:
        """Whether the derived files were made from the same content, and none was changed or lost since."""
        try:
            shows, kept = self._read()
        except _DamagedStamp:
            return False
        return shows == self.shows and kept == {name: self._digest(name) for name in kept}

    def files(self) -> list[str]:
        """The names of the derived files; none if the stamp is damaged or there is none."""
        try:
            return list(self._read()[1])
        except _DamagedStamp:
            return []

    def begin(self) -> None:
        """Warns of derived files that were changed or damaged, and takes the stamp away: new files do not fit it.

        Files that are missing, or were made from other content, are no damage.
        """
        try:
            _, kept = self._read()
            changed = [name for name, digest in kept.items() if self._digest(name) not in (None, digest)]
        except _DamagedStamp:
            changed = [self.path.name]
        if changed:
            more = f" and {len(changed) - 1} more" if changed[1:] else ""
            was, it = ("were", "they are") if more else ("was", "it is")
            told = f"{self.path.parent / changed[0]}{more} {was} changed or damaged; {it} made again"
            warnings.warn(told, DamageWarning, stacklevel=3)
        clear_way(self.path, self._study)
        self.path.unlink(missing_ok=True)

    def put(self, name: str, content: bytes) -> Path:
        """Writes a derived file; a folder in its place is set aside."""
        path = self.path.with_name(name)
        clear_way(path, self._study)
        write_atomically(path, content)
        return path

    @property
    def _study(self) -> Path:
        return self.path.parent.parent if self.folder is None else self.folder

    def write(self, files: Iterable[Path]) -> None:
        """Writes the stamp. Call it after all derived `files` are written; they lie in the stamp's folder."""
        told: dict[str, Any] = {"shows": self.shows, "files": {path.name: self._digest(path.name) for path in files}}
        write_atomically(self.path, json.dumps({**told, "checksum": _checksum(told)}).encode())

    def _read(self) -> tuple[str, dict[str, str]]:
        """What the stamp on disk says: both empty if there is none, or one of an earlier version without a checksum."""
        if not self.path.is_file():
            return "", {}
        try:
            content = self.path.read_bytes()
            if _OF_VERSION_1.fullmatch(content) or (told := json.loads(content)).keys() == {"shows", "files"}:
                return "", {}
            if told.pop("checksum") != _checksum(told):
                raise _DamagedStamp
            return told["shows"], told["files"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise _DamagedStamp from None

    def _digest(self, name: str) -> str | None:
        """The checksum of a file beside the stamp; None if it is no file, which is told when it is put."""
        path = self.path.with_name(name)
        return digest_of(path.read_bytes()) if path.is_file() else None


def _checksum(told: dict[str, Any]) -> str:
    return digest_of(json.dumps(told, sort_keys=True).encode())
