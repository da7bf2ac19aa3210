"""The pictures of many runs: while one is drawn, those before it are encoded on the other cores.

Encoding, more than half of a picture's time, leaves Python's lock to others: threads will do, and nothing has to be
started or sent to another process.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from rmsprop_lab.base import Array
from rmsprop_lab.plots.encoding import Picture, picture_of
from rmsprop_lab.plots.run_picture.contour import ContourPainter

_AHEAD = 2  # pictures per core that wait to be encoded


class Sketch(NamedTuple):
    """What a run's picture shows: its points `(T, d, S)`, the start that is brought out, and the title."""

    points: Array
    median: int
    title: str


def pictures(painter: ContourPainter, sketches: Iterable[Sketch]) -> Iterator[Picture]:
    """One picture per sketch, in order, the same as `painter.picture` draws; few of them are held at a time."""
    cores = os.cpu_count() or 1
    waiting: deque[Future[Picture]] = deque()
    with ThreadPoolExecutor(cores) as encoders:
        for sketch in sketches:
            waiting.append(encoders.submit(picture_of, painter.pixels(*sketch).copy()))
            if len(waiting) > _AHEAD * cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
