"""Draws the pictures of many runs in processes of their own, while this one goes on."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from rmsprop_lab.base import Array
from rmsprop_lab.plots.encoding import Picture
from rmsprop_lab.plots.paths import in_plane
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.run_picture.drawing import Sketch, pictures
from rmsprop_lab.plots.run_picture.messages import of_backdrop, picture_in, receive, send

_MANY = 200  # pictures, from which on starting a process is worth its second
_MOST = 4  # processes: more draw faster than anybody logs
_KNOWN = 32  # backdrops that a process holds, of 1 MB each
_GRACE = 1.0  # seconds


class PictureWorkers:
    """Processes that draw; they start with the first picture, and end with `close` or with this process.

    If few pictures are expected, on one core, and where no process can be started, this process draws.

    Args:
        expected: How many pictures will be asked for, about.
    """

    def __init__(self, expected: int) -> None:
        self._count = min(_MOST, (os.cpu_count() or 1) - 1) if expected >= _MANY else 0
        self._pool: ThreadPoolExecutor | None = None
        self._workers: dict[int, _Worker | None] = {}  # by thread; None where it failed

    def draw(self, sketches: Iterable[Sketch]) -> Iterator[Picture]:
        """Begins to draw one picture per sketch, and returns them in order, equal to those of `painter.picture`."""
        if not self._count:
            return pictures(sketches)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="pictures")
        # In one dimension the plane has values of the objective: its code is called here, as everywhere.
        planes = ((sketch, in_plane(sketch.points, sketch.painter.objective)) for sketch in sketches)
        begun = [(sketch, self._pool.submit(self._drawn, sketch, plane)) for sketch, plane in planes]
        return _collected(begun)

    def close(self) -> None:
        """Ends the processes; pictures that were begun and not collected are left."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        for worker in filter(None, self._workers.values()):
            worker.end()
        self._pool, self._workers = None, {}

    def _drawn(self, sketch: Sketch, plane: Array) -> Picture | None:
        """The picture, by this thread's process; None if it could not."""
        thread, worker = threading.get_ident(), None
        try:
            if thread not in self._workers:
                self._workers[thread] = _Worker()
            worker = self._workers[thread]
            return worker.draw(sketch, plane) if worker else None
        except (OSError, EOFError, ValueError):  # it was killed, or cannot be started
            if worker:
                worker.end()
            self._workers[thread] = None
            return None


def _collected(begun: list[tuple[Sketch, Future[Picture | None]]]) -> Iterator[Picture]:
    """The pictures in order. Those that no process has come to are drawn here, the last first."""
    own: list[Picture] = []
    while begun and begun[-1][1].cancel():
        own.append(begun.pop()[0].drawn())
    for sketch, future in begun:
        yield future.result() or sketch.drawn()  # raises what the process met
    yield from reversed(own)


class _Worker:
    """One process, `python -m rmsprop_lab.plots.run_picture`."""

    def __init__(self) -> None:
        self._numbers: dict[ContourPainter, int] = {}
        places = [str(Path(__file__).parents[3]), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(  # -P: modules are not looked for in the current folder
            [sys.executable, "-P", "-m", "rmsprop_lab.plots.run_picture"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            start_new_session=True,  # Ctrl-C is for this process, whose end ends the other
        )

    def draw(self, sketch: Sketch, plane: Array) -> Picture | None:
        """Asks for a picture of paths in the plane, and waits for it."""
        painter = sketch.painter
        message: dict[str, Any] = {"plane": plane, "median": sketch.median, "title": sketch.title}
        if painter not in self._numbers:
            if len(self._numbers) == _KNOWN:
                self._numbers.clear()
            self._numbers[painter] = len(self._numbers)
            message |= of_backdrop(painter.backdrop, painter.palette)
        assert self._process.stdin and self._process.stdout
        send(self._process.stdin, message | {"number": self._numbers[painter]})
        return picture_in(receive(self._process.stdout))

    def end(self) -> None:
        assert self._process.stdin and self._process.stdout
        with suppress(OSError):
            self._process.stdin.close()  # the end of its input is its end
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
