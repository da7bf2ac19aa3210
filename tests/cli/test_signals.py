"""SIGINT and SIGTERM at any time: status 130 and 143, at most one line, never a traceback."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.processes import UNMEASURED

LONG = ["objective=[bowl,rosenbrock]", "search=tpe", "search.trials=3000", "n_iter=2000", "tracking=none"]
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}
# The command, started as the console script does; a line is printed when Python itself is up and hands over to us.
# SIGINT is ignored in what a script starts in the background, such as these tests.
CODE = (
    "import os, signal, sys; sys.argv[1:] = {!r}; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "os.write(1, b'up\\n'); from rmsprop_lab.cli import main; main()"
)


def start(tmp_path: Path, arguments: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CODE.format(arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=tmp_path, env=UNMEASURED, text=True, **pipes)  # type: ignore[call-overload]
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


@pytest.mark.slow
@pytest.mark.parametrize("number", STATUS)
@pytest.mark.parametrize("milliseconds", [0, 30, 100, 300, 1000, 3000])
def test_a_signal_ends_the_command(tmp_path: Path, number: signal.Signals, milliseconds: int) -> None:
    process = start(tmp_path, LONG)
    time.sleep(milliseconds / 1000)
    process.send_signal(number)
    try:
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    killed = -number if milliseconds < 100 else STATUS[number]  # while the handlers are not there; the same to a shell
    assert process.returncode in (STATUS[number], killed), err
    if process.returncode == -number and milliseconds < 100:
        return  # Python itself was still importing: its words are not ours
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    assert len([line for line in err.splitlines() if not line.startswith("plan:")]) <= 1


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    few = "objective=bowl optimizer=gd n_iter=2 tracking=none figures=false"
    script = f"trap '' INT; {sys.executable} -m rmsprop_lab {few} & sleep 0.5; kill -INT $!; wait $!"
    ended = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=UNMEASURED, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


IN_A_DESTRUCTOR = """
import signal, sys, time
from rmsprop_lab.cli.signals import Raised, received

class Held:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)

try:
    with Raised():
        Held()
        time.sleep(20)
except KeyboardInterrupt:
    sys.exit(received())
"""


def test_a_signal_in_a_destructor_is_not_lost(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", IN_A_DESTRUCTOR], cwd=tmp_path, capture_output=True, text=True, timeout=15, check=False
    )
    assert ended.returncode == signal.SIGTERM
    assert ended.stderr == ""
