"""A run's files: their layout below its artifact folder, and writing them without MLflow."""

import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from rmsprop_lab.tracking.content import RunContent
from rmsprop_lab.tracking.writers.run_ids import is_run_id

_UNFINISHED = ".unfinished"  # folder below the artifact root: lists of the runs whose files are being written


def files_of(content: RunContent, there: Collection[str] = ()) -> dict[str, bytes]:
    """The files of a run by path below its artifact folder: artifacts, and images as `log_image` lays them out.

    The image grid shows the small copy of a picture in its own size, so several fit side by side. An image of which one
    file is `there` keeps its name.
    """
    files = dict(content.artifacts)
    for (key, step), (png, small) in content.images.items():
        start = f"images/{key}+step+{step}+timestamp+"
        stems = (re.sub(r"(\+compressed\.webp|\.png)$", "", path) for path in sorted(there) if path.startswith(start))
        stem = next(stems, f"{start}{int(time.time() * 1000)}+{uuid.uuid4()}")
        files |= {f"{stem}.png": png, f"{stem}+compressed.webp": small}
    return files


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Writes files below a folder; one bytes object under several names is one file on disk, by hard links."""
    made, written = set[Path](), dict[int, Path]()
    for name, content in files.items():
        path = folder / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        if id(content) in written and _linked(written[id(content)], path):
            continue
        path.write_bytes(content)
        written[id(content)] = path


def _linked(existing: Path, path: Path) -> bool:
    try:
        os.link(existing, path)
    except OSError:  # a file system without links
        return False
    return True


def local_root(location: str) -> Path | None:
    """The folder of an experiment's artifact location; None if it is not on this machine."""
    parts = urlsplit(location)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path)) if parts.netloc in ("", "localhost") else None
    return Path(location) if not parts.scheme and Path(location).is_absolute() else None


class UnfinishedFiles:
    """A list on disk of the runs whose files are being written, to remove the files of runs that were never inserted.

    Each `owner` has lists of its own, and whoever writes or removes files holds its lock: no live process loses any.
    """

    def __init__(self, root: Path, owner: str) -> None:
        self._root, self._owner = root, owner

    def announce(self, run_ids: Iterable[str]) -> None:
        """Lists runs before the first of their files is written."""
        folder = self._root / _UNFINISHED
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self._owner}-{uuid.uuid4().hex}").write_text(json.dumps(list(run_ids)), encoding="utf-8")

    def sweep(self, existing: Callable[[Collection[str]], Collection[str]]) -> None:
        """Removes the files of listed runs that are not in the store, and the lists; `existing`: those that are."""
        for note in (self._root / _UNFINISHED).glob(f"{self._owner}-*"):
            if not note.is_file():  # nothing of ours
                continue
            run_ids = _run_ids(note)
            there = existing(run_ids)
            for run_id in run_ids:
                if run_id not in there:
                    shutil.rmtree(self._root / run_id, ignore_errors=True)
            note.unlink()
        with suppress(OSError):  # it has lists of another owner, or does not exist
            (self._root / _UNFINISHED).rmdir()


def _run_ids(note: Path) -> list[str]:
    """The ids that a list names. The folder may come from somebody else: what is not an id is not taken for a path."""
    try:
        listed = json.loads(note.read_bytes())
    except (ValueError, RecursionError):  # interrupted before any file was written, or no list of ours
        return []
    return [run_id for run_id in listed if is_run_id(run_id)] if isinstance(listed, list) else []
