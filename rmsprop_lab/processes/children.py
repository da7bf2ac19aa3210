"""Child processes that run this package: started in sessions of their own, ended in order, and with their parent."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_PARENT = "RMSPROP_LAB_PARENT"
"""Environment variable that tells a child the process that it ends with."""
_GRACE = 3.5  # seconds between asking and killing: a command that is interrupted ends within 5 s
_POLL = 0.1  # seconds


class Child:
    """A running `python -m rmsprop_lab` with its output in a file.

    Args:
        arguments: The words of its command line.
        log: The file of what it prints; it is replaced.
        environment: Variables that it gets beside those of this process.
    """

    def __init__(self, arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # -P: modules are not looked for in the current folder
                [sys.executable, "-P", "-m", "rmsprop_lab", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **(environment or {}), _PARENT: str(os.getpid())},
            )

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def send(self, number: int) -> None:
        """Sends a signal to it and all processes that it started; on Windows, which has no such groups, ends it."""
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, number)
            else:
                self._process.terminate()

    def kill(self) -> None:
        """Kills it, and what it started and left."""
        self.send(getattr(signal, "SIGKILL", signal.SIGTERM))
        with suppress(subprocess.TimeoutExpired):  # it waits for a disk that does not answer
            self._process.wait(_GRACE)

    def told(self) -> str:
        """How it ended, and the last line that it printed."""
        status = self.status
        if status is None:
            return "still running"
        if status < 0:
            return f"ended by {signal.Signals(-status).name}"
        how = f"ended with status {status}"
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"{how}: {last}" if last else how


def stop(children: Iterable[Child]) -> None:
    """Ends children as Ctrl-C does, so that finished runs are kept, and kills those that take too long."""
    running = [child for child in children if child.status is None]
    for child in running:
        child.send(signal.SIGINT)
    end = time.monotonic() + _GRACE
    while any(child.status is None for child in running) and time.monotonic() < end:
        time.sleep(_POLL)
    for child in running:
        child.kill()


def end_with_parent() -> None:
    """Makes a child end, with all that it started, when its parent dies. Other processes it leaves as they are."""
    parent = os.environ.pop(_PARENT, "")  # not for the children of this process
    if parent.isdigit() and hasattr(os, "killpg"):
        threading.Thread(target=_wait_for_end_of, args=(int(parent),), daemon=True).start()


def _wait_for_end_of(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL * 5)
    os.killpg(0, signal.SIGTERM)
