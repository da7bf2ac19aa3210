"""Many pictures at once: the same as one by one, whatever becomes of the processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rmsprop_lab import descend
from rmsprop_lab.base import Objective
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plots.contour import ContourPainter
from rmsprop_lab.plots.drawing import _AHEAD, _CHUNK, Drawing, Sketch
from rmsprop_lab.starts import Starts
from rmsprop_lab.targets import find_class

STARTS = Starts(count=3).at(Himmelblau())
POINTS = descend(Himmelblau(), RMSProp(0.05, 0.9), STARTS, 20).points
OWN = """
from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class Valley(Objective):
    dim: int = 1
    bounds: Bounds = (-2.0, 2.0)

    def value(self, point: Array) -> Array:
        (x,) = point
        return np.asarray(x * x + np.abs(x))
"""
# What a student may write: no `if __name__ == "__main__"`, and more pictures than anybody waits for.
SCRIPT = """
import os, sys
import numpy as np
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.plots.contour import ContourPainter
from rmsprop_lab.plots.drawing import Drawing, Sketch

print("begun", flush=True)
points = np.zeros((5, 2, 1))
sketches = (Sketch(points, 0, f"{k}\\n") for k in range(10**9))
try:
    with Drawing(2, enough=1) as drawing:
        for number, picture in enumerate(drawing.pictures(ContourPainter(Himmelblau(), points[0]), sketches, 10**9)):
            if number == 40:
                print("workers", *drawing._pool._processes, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def sketches(count: int) -> list[Sketch]:
    return [Sketch(POINTS, number % 3, f"number {number}\nf = {number / 7:.3g}") for number in range(count)]


@pytest.fixture
def painter() -> ContourPainter:
    return ContourPainter(Himmelblau(), STARTS)


def one_by_one(painter: ContourPainter, given: list[Sketch]) -> list:
    return [painter.picture(*sketch) for sketch in given]


def test_several_processes_draw_the_same_in_order(painter: ContourPainter) -> None:
    other = ContourPainter(Himmelblau(), STARTS * 0.5)
    given = sketches(70)
    with Drawing(2, enough=70) as drawing:
        assert list(drawing.pictures(painter, given, len(given))) == one_by_one(painter, given)
        few = given[:3]  # the processes are there
        assert list(drawing.pictures(other, few, len(few))) == one_by_one(other, few)
    assert drawing._pool is None


def test_for_few_pictures_no_process_is_started(painter: ContourPainter) -> None:
    given = sketches(4)
    with Drawing(2, enough=5) as drawing:
        assert list(drawing.pictures(painter, given, len(given))) == one_by_one(painter, given)
        assert drawing._pool is None


def test_only_a_few_sketches_are_held(painter: ContourPainter) -> None:
    asked = 0

    def endless() -> Iterator[Sketch]:
        nonlocal asked
        while True:
            asked += 1
            yield Sketch(POINTS, 0, f"{asked}\n")

    with Drawing(2, enough=1) as drawing:
        drawn = drawing.pictures(painter, endless(), 10**9)
        for _ in range(3 * _CHUNK):
            next(drawn)
            assert asked <= (3 + 2 * _AHEAD + 1) * _CHUNK


def test_what_a_killed_process_had_to_draw_is_drawn_here(painter: ContourPainter) -> None:
    given = sketches(150)
    with Drawing(2, enough=1) as drawing:
        drawn = drawing.pictures(painter, given, len(given))
        first = [next(drawn) for _ in range(5)]
        assert drawing._pool is not None
        os.kill(next(iter(drawing._pool._processes)), signal.SIGKILL)
        with pytest.warns(RuntimeWarning, match="the rest is drawn by one"):
            rest = list(drawn)
        again = list(drawing.pictures(painter, given[:2], len(given)))
    assert first + rest == one_by_one(painter, given)
    assert again == first[:2]


def test_a_class_from_a_file_needs_no_import_in_the_processes(tmp_path: Path) -> None:
    path = tmp_path / "valley.py"
    path.write_text(OWN)
    objective = find_class(f"{path}:Valley", Objective, "objective")()
    starts = np.array([[-1.5, 1.0]])
    painter = ContourPainter(objective, starts)
    points = descend(objective, RMSProp(0.1, 0.9), starts, 10).points
    given = [Sketch(points, number % 2, f"{number}\n") for number in range(20)]
    with Drawing(2, enough=1) as drawing:
        assert list(drawing.pictures(painter, given, len(given))) == one_by_one(painter, given)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks the /proc of Linux who is alive")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_command(tmp_path: Path, how: signal.Signals) -> None:
    """Ctrl-C reaches all processes, kill -9 the parent only; a script without a main guard is run once."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert command.stdout is not None
    assert command.stderr is not None
    assert command.stdout.readline() == "begun\n"
    workers = [int(word) for word in command.stdout.readline().split()[1:]]
    assert len(workers) == 2
    if how == signal.SIGINT:
        os.killpg(command.pid, how)
    else:
        command.kill()
    out, err = command.communicate()
    assert out == ("interrupted\n" if how == signal.SIGINT else "")
    assert err == "" or how == signal.SIGKILL
    while any(alive(worker) for worker in workers):
        time.sleep(0.05)


def alive(process: int) -> bool:
    """One that has ended and that nobody has asked about is not alive."""
    stat = Path(f"/proc/{process}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
