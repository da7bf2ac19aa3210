"""Names of temporary files: they say which process writes them, so that those of dead processes can be removed."""

import os
import re
import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

_OURS = re.compile(r"\..+\.(?P<place>[0-9a-f]{8})-(?P<pid>\d+)-\w{8}")
_OF_EARLIER_VERSIONS = re.compile(r"\.(?:.+\.[0-9a-f]{8}|optuna\.db\.\w{8})")
_OLD = 86_400  # seconds: nothing takes so long to write


def temporary_prefix(name: str) -> str:
    """The beginning of temporary names for a file: hidden, and with this process in it; eight characters follow."""
    return f".{name}.{_place()}-{os.getpid()}-"


def temporary_path(path: Path) -> Path:
    """A new temporary name beside a file."""
    return path.with_name(temporary_prefix(path.name) + uuid.uuid4().hex[:8])


def remove_left_behind(folder: Path) -> None:
    """Removes temporary files and folders below `folder` that dead processes left.

    Whether a process of another machine or container lives cannot be known: its files stay for a day.
    """
    for path in list(_temporaries(folder)):
        with suppress(OSError):  # finished or removed meanwhile
            if _is_left_behind(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _temporaries(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        hidden = [name for name in folders if name.startswith(".")]
        folders[:] = [name for name in folders if name not in hidden]
        for name in (*hidden, *(name for name in files if name.startswith("."))):
            if _OURS.fullmatch(name) or _OF_EARLIER_VERSIONS.fullmatch(name):
                yield Path(place, name)


def _is_left_behind(path: Path) -> bool:
    found = _OURS.fullmatch(path.name)
    if found and found["place"] == _place() and os.name == "posix":  # elsewhere signal 0 is no question
        return not _is_alive(int(found["pid"]))
    return time.time() - path.lstat().st_mtime > _OLD


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user's
        return True
    return True


@cache
def _place() -> str:
    """Identifies the machine or container in which a process number means this process."""
    namespace = ""
    with suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - not the path of a file
    return sha256(f"{socket.gethostname()} {namespace}".encode()).hexdigest()[:8]
