"""`rmsprop-lab-ui`, started as a person starts it, and ended with all of its processes."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from support.servers import free_port


class Ui(NamedTuple):
    """A server that answers."""

    url: str
    output: Path
    process: "subprocess.Popen[bytes]"

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return self.output.read_text()


@contextmanager
def started_ui(folder: Path, *options: str, environment: Mapping[str, str] = {}) -> Iterator[Ui]:
    """The server of the studies in `folder`/outputs, once it has printed its addresses."""
    given = options if "--port" in options else ("--port", str(free_port()), *options)
    output = folder / f"ui-{time.monotonic_ns()}.log"
    path = os.pathsep.join(filter(None, [environment.get("PYTHONPATH"), os.environ.get("PYTHONPATH")]))
    with output.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "rmsprop_lab.cli.ui", *given],
            cwd=folder,
            env={**os.environ, **environment, "PYTHONPATH": path},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield Ui(_address(process, output), output, process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)


def _address(process: "subprocess.Popen[bytes]", output: Path) -> str:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if found := re.search(r"^  .*  (http://127\.0\.0\.1:\d+)/", output.read_text(), re.M):
            return found[1]
        assert process.poll() is None, output.read_text()
        time.sleep(0.2)
    raise AssertionError(f"no address was printed: {output.read_text()}")
