"""Locks between processes. Whoever waits for one is told who holds it and since when, and gives up after a time."""

import datetime
import json
import math
import os
import shlex
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from rmsprop_lab.errors import LabError, WaitingWarning

DEFAULT_WAIT = 600.0
"""Seconds to wait for a lock, see `limits.wait` in `conf/config.yaml`."""
_QUIET = 1.5  # seconds of waiting that nobody needs to be told about
_FORMAT = "%Y-%m-%dT%H:%M:%S%z"


@contextmanager
def locked(path: Path, what: str, wait: float, error: type[LabError]) -> Iterator[None]:
    """Holds a lock, after waiting for the process that has it.

    The operating system frees the lock of a process that dies. While it is held, a file beside it, `<name>.holder`,
    says by whom: the lock file itself cannot, as older versions of filelock empty it whenever somebody tries.

    Args:
        path: The lock file.
        what: What the lock protects, for messages.
        wait: Seconds after which to give up; infinity to wait for ever.
        error: The class of the error to raise.

    Raises:
        LabError: Another process held the lock for longer than `wait`, or there is a folder in the lock's place; of
            the class `error`.
    """
    if path.exists() and not path.is_file():
        raise error(f"{path}, the lock of {what}, is no file: remove it, then give the same command again")
    lock, holder = filelock.FileLock(path), path.with_name(f"{path.name}.holder")
    _acquire(lock, holder, what, wait, error)
    try:
        with suppress(OSError):  # a full disk: work can go on, only others are not told
            holder.write_text(json.dumps(_this_process()), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _acquire(lock: filelock.BaseFileLock, holder: Path, what: str, wait: float, error: type[LabError]) -> None:
    quiet = min(_QUIET, wait)
    with suppress(filelock.Timeout):
        lock.acquire(timeout=quiet)
        return
    if wait > quiet:
        warnings.warn(f"waiting for the lock of {what}, held by {_held_by(holder)}", WaitingWarning, stacklevel=4)
    try:
        lock.acquire(timeout=-1 if math.isinf(wait) else wait - quiet)
    except filelock.Timeout:
        raise error(
            f"the lock of {what} is still held by {_held_by(holder)}, after {wait:g} s of waiting. Wait for that "
            "process or end it, then give the same command again; limits.wait sets how long to wait"
        ) from None


def _this_process() -> dict[str, str | int]:
    """What others are told. Arguments that may have a password in them are left out, as anybody may read this."""
    shown = [text for text in sys.argv[1:] if "://" not in text and not text.startswith("tracking")]
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": shlex.join([Path(sys.argv[0]).name, *shown]),
        "since": datetime.datetime.now().astimezone().strftime(_FORMAT),
    }


def _held_by(holder: Path) -> str:
    """Who holds a lock, in words: `process 123 on host h since 12:00:03 (rmsprop-lab name=x)`."""
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        since = datetime.datetime.strptime(told["since"], _FORMAT).astimezone()
        today = since.date() == datetime.datetime.now().astimezone().date()
        at = f"{since:%H:%M:%S}" if today else f"{since:%Y-%m-%d %H:%M:%S}"
        return f"process {told['pid']} on host {told['host']} since {at} ({told['command']})"
    except (OSError, ValueError, KeyError, TypeError):  # a program that is not ours, or just about to say
        return "another process"
