"""Pictures that other processes draw: the same as one by one, whatever becomes of those processes."""

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
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.run_picture.drawing import Sketch
from rmsprop_lab.plots.run_picture.workers import PictureWorkers

STARTS = Starts(count=3).at(Himmelblau())
POINTS = descend(Himmelblau(), RMSProp(0.05, 0.9), STARTS, 20).points


@pytest.fixture(scope="module")
def painters() -> list[ContourPainter]:
    return [ContourPainter(objective, STARTS) for objective in (Himmelblau(), Bowl())]


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[PictureWorkers]:
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    found = PictureWorkers(expected=1000)
    yield found
    found.close()


def sketches(painters: list[ContourPainter], count: int) -> list[Sketch]:
    return [
        Sketch(painters[k % len(painters)], POINTS[: 2 + k % 19], k % 3, f"picture {k}\nline two") for k in range(count)
    ]


def children() -> list[int]:
    listed = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="], capture_output=True, text=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "run_picture" in line]


def started(workers: PictureWorkers, count: int) -> list[int]:
    """The processes, once all have started."""
    end = time.monotonic() + 30
    while len(children()) < count and time.monotonic() < end:
        time.sleep(0.01)
    return children()


def test_they_are_the_pictures_drawn_one_by_one_and_in_order(
    workers: PictureWorkers, painters: list[ContourPainter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rmsprop_lab.plots.run_picture.workers._KNOWN", 1)  # each other sketch is of a new problem
    several = workers.draw(sketches(painters, 30))
    more = workers.draw(sketches(painters, 5))
    time.sleep(1.5)  # some are drawn there, the last ones here
    assert list(several) == [sketch.drawn() for sketch in sketches(painters, 30)]
    assert list(more) == [sketch.drawn() for sketch in sketches(painters, 5)]
    assert not list(workers.draw([]))


def test_when_they_are_killed_this_process_draws(workers: PictureWorkers, painters: list[ContourPainter]) -> None:
    several = workers.draw(sketches(painters, 60))
    for process in started(workers, 2):
        os.kill(process, signal.SIGKILL)
    assert list(several) == [sketch.drawn() for sketch in sketches(painters, 60)]
    assert list(workers.draw(sketches(painters, 3))) == [sketch.drawn() for sketch in sketches(painters, 3)]


def test_what_cannot_be_drawn_is_said_by_the_one_who_asks(
    workers: PictureWorkers, painters: list[ContourPainter]
) -> None:
    wrong = Sketch(painters[0], np.zeros((5, 2, 1)), 3, "no start has this number\n")
    several = workers.draw([wrong, *sketches(painters, 3)])
    time.sleep(1.5)
    with pytest.raises(IndexError):
        list(several)


def test_closing_leaves_what_was_begun_and_no_process(workers: PictureWorkers, painters: list[ContourPainter]) -> None:
    workers.draw(sketches(painters, 500))
    assert started(workers, 2)
    workers.close()
    assert not children()
    assert len(list(workers.draw(sketches(painters, 2)))) == 2  # and they may be asked again


@pytest.mark.parametrize(("expected", "cores"), [(100, 8), (1000, 1)], ids=["few", "one core"])
def test_few_pictures_or_one_core_start_no_process(
    painters: list[ContourPainter], monkeypatch: pytest.MonkeyPatch, expected: int, cores: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert len(list(PictureWorkers(expected).draw(sketches(painters, 5)))) == 5
    assert not children()


OWNER = """
import os, time
import numpy as np
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.run_picture.drawing import Sketch
from rmsprop_lab.plots.run_picture.workers import PictureWorkers
os.cpu_count = lambda: 2
painter = ContourPainter(Bowl(), np.ones((2, 1)))
found = PictureWorkers(1000).draw([Sketch(painter, np.ones((3, 2, 1)), 0, "title")] * 10_000)
for _ in range(3):
    next(found)
"""


@pytest.mark.slow
def test_they_end_with_a_process_that_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER.replace("next(found)", "time.sleep(60)")])
    end, found = time.monotonic() + 30, ""
    while not found and time.monotonic() < end:
        time.sleep(0.05)
        found = subprocess.run(["ps", "--ppid", str(owner.pid), "-o", "pid="], capture_output=True, text=True).stdout
    owner.kill()
    owner.wait()
    worker = Path("/proc") / found.strip()
    while worker.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert found and not worker.exists()
