"""The pictures of many runs, drawn by several processes that know the backdrop and nothing of its objective."""

import functools
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import ModuleType, TracebackType
from typing import NamedTuple, Self

from zlib_ng import zlib_ng

from rmsprop_lab.base import Array
from rmsprop_lab.plots.contour import ContourPainter
from rmsprop_lab.plots.encoding import Picture
from rmsprop_lab.plots.overlay import PathPainter

_ENOUGH = 1000  # pictures; for fewer the processes take longer to start than they save
_CHUNK, _CHUNK_BYTES = 16, 2**23  # what a process is given at once
_AHEAD = 2  # chunks per process that are drawn before they are asked for


class Sketch(NamedTuple):
    """What a run's picture shows: its points `(T, d, S)`, the start that is brought out, and the title."""

    points: Array
    median: int
    title: str


class Drawing:
    """Draws pictures on all cores; on leaving its `with` block no process is left.

    Processes are started for `enough` pictures and then kept. When one of them dies, a warning says so and everything
    not yet drawn is drawn here.
    """

    def __init__(self, processes: int | None = None, enough: int = _ENOUGH) -> None:
        self._processes = processes or os.cpu_count() or 1
        self._enough = enough
        self._pool: ProcessPoolExecutor | None = None
        self._broken = False

    def pictures(self, painter: ContourPainter, sketches: Iterable[Sketch], count: int) -> Iterator[Picture]:
        """One picture per sketch, in order, the same as `painter.picture` draws; of `count` sketches, only so many
        are held at a time as keep the processes busy."""
        if self._broken or self._processes == 1 or (self._pool is None and count < self._enough):
            for sketch in sketches:
                yield painter.picture(*sketch)
            return
        backdrop = zlib_ng.compress(pickle.dumps(painter.backdrop), 1)  # 0.9 MB as 60 kB: it goes with every chunk
        waiting: deque[tuple[list[Sketch], Future[list[Picture]] | None]] = deque()
        for chunk in _chunks(sketches):
            waiting.append((chunk, self._submit(painter, backdrop, chunk)))
            if len(waiting) > _AHEAD * self._processes:
                yield from self._drawn(painter, *waiting.popleft())
        while waiting:
            yield from self._drawn(painter, *waiting.popleft())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _submit(self, painter: ContourPainter, backdrop: bytes, chunk: list[Sketch]) -> Future[list[Picture]] | None:
        flat = [sketch._replace(points=painter.in_plane(sketch.points)) for sketch in chunk]
        try:
            return None if self._broken else self._started().submit(_draw, backdrop, flat)
        except BrokenProcessPool:
            self._lost()
            return None

    def _drawn(
        self, painter: ContourPainter, chunk: list[Sketch], future: Future[list[Picture]] | None
    ) -> Iterable[Picture]:
        try:
            if future is not None:
                return future.result()
        except BrokenProcessPool:
            self._lost()
        return (painter.picture(*sketch) for sketch in chunk)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # spawn: a fork of a process that has threads may deadlock, and MLflow and NumPy have threads.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, context, initializer=_end_with_parent)
            with _starting():
                for _ in range(self._processes):
                    self._pool.submit(_nothing)
        return self._pool

    def _lost(self) -> None:
        if not self._broken:
            self._broken = True
            text = "A process that draws pictures has ended (killed, or out of memory?); the rest is drawn by one."
            warnings.warn(text, RuntimeWarning, stacklevel=4)


@contextmanager
def _starting() -> Iterator[None]:
    """Processes that begin in here ignore Ctrl-C, which is the parent's to handle, and do not import its `__main__`:
    a user's script without `if __name__ == "__main__"` would run again in each of them."""
    main = sys.modules["__main__"]
    masks = hasattr(signal, "pthread_sigmask")  # not on Windows, where `_end_with_parent` alone must do
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """Runs in a new process: no Ctrl-C, and no life after the parent's, however that was ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _nothing() -> None:
    """A first task: for each one that waits, the pool starts a process."""


def _draw(backdrop: bytes, sketches: list[Sketch]) -> list[Picture]:
    painter = _painter(backdrop)
    return [painter.picture(*sketch) for sketch in sketches]


@functools.lru_cache(4)
def _painter(backdrop: bytes) -> PathPainter:
    return PathPainter(pickle.loads(zlib_ng.decompress(backdrop)))


def _chunks(sketches: Iterable[Sketch]) -> Iterator[list[Sketch]]:
    chunk: list[Sketch] = []
    for sketch in sketches:
        chunk.append(sketch)
        if len(chunk) == _CHUNK or sum(given.points.nbytes for given in chunk) >= _CHUNK_BYTES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
