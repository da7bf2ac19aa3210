"""A run's files: their layout below its artifact folder, and writing them there without MLflow."""

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from rmsprop_lab.tracking.content import RunContent

_UNFINISHED = ".unfinished"  # below the artifact root: which runs' files are being written


def files_of(content: RunContent) -> dict[str, bytes]:
    """Path below the artifact folder to content: the artifacts, and the images as the image grid looks for them.

    That is the layout of `log_image(key=..., step=0)`: a picture, and a smaller copy, which the grid shows in its own
    size: of the pictures themselves only one would fit beside the other.
    """
    files = dict(content.artifacts)
    for key, (png, small) in content.images.items():
        stem = f"images/{key}+step+0+timestamp+{int(time.time() * 1000)}+{uuid.uuid4()}"
        files |= {f"{stem}.png": png, f"{stem}+compressed.webp": small}
    return files


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Writes files below a folder; the same bytes under several names are one file on disk, where it has links."""
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
    """The folder that an experiment's artifact location names; None where it is none of this machine."""
    parts = urlsplit(location)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path)) if parts.netloc in ("", "localhost") else None
    return Path(location) if not parts.scheme and Path(location).is_absolute() else None


class UnfinishedFiles:
    """Remembers on disk whose files are being written below an artifact root, to remove those that got no run.

    `owner`: whose lock is held while writing and removing, so nothing of a live process is touched.
    """

    def __init__(self, root: Path, owner: str) -> None:
        self._root, self._owner = root, owner

    def announce(self, run_ids: Iterable[str]) -> None:
        """Says, before the first file of these runs is written, that they are to come."""
        folder = self._root / _UNFINISHED
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self._owner}-{uuid.uuid4().hex}").write_text(json.dumps(list(run_ids)))

    def sweep(self, existing: Callable[[Collection[str]], Collection[str]]) -> None:
        """Removes the files of announced runs that are not among the `existing` ones it is told."""
        for note in (self._root / _UNFINISHED).glob(f"{self._owner}-*"):
            with suppress(json.JSONDecodeError):  # cut off before any file was written
                run_ids = json.loads(note.read_text())
                there = existing(run_ids)
                for run_id in run_ids:
                    if run_id not in there:
                        shutil.rmtree(self._root / run_id, ignore_errors=True)
            note.unlink()
        with suppress(OSError):  # another study's are in it, or it is not there
            (self._root / _UNFINISHED).rmdir()
