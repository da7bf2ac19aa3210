"""Draws the pictures of many runs; while one is drawn, other threads encode those before it.

Encoding takes more than half of a picture's time and releases Python's lock, so threads suffice.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from rmsprop_lab.base import Array
from rmsprop_lab.plots.encoding import Picture, picture_of
from rmsprop_lab.plots.run_picture.contour import ContourPainter

_AHEAD = 2  # pictures per core that may wait to be encoded


class Sketch(NamedTuple):
    """A run's picture before it is drawn: its problem's painter, and the arguments of `ContourPainter.picture`."""

    painter: ContourPainter
    points: Array
    median: int
    title: str

    def drawn(self) -> Picture:
        return self.painter.picture(self.points, self.median, self.title)


def pictures(sketches: Iterable[Sketch]) -> Iterator[Picture]:
    """Draws one picture per sketch, in order, equal to those of `painter.picture`; a few are in memory at a time."""
    cores = os.cpu_count() or 1
    waiting: deque[Future[Picture]] = deque()
    with ThreadPoolExecutor(cores) as encoders:
        for sketch in sketches:
            pixels = sketch.painter.pixels(sketch.points, sketch.median, sketch.title)
            waiting.append(encoders.submit(picture_of, pixels.copy(), sketch.painter.palette))
            if len(waiting) > _AHEAD * cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
