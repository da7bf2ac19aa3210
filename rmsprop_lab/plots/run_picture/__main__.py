"""Draws pictures for another process: sketches come by standard input, pictures go by standard output.

A message is `(number, backdrop, plane, median, title)`, pickled: the number of a backdrop; the `Backdrop` with its
palette where that number is new, else None; and the arguments of `PathPainter.pixels`. The answer is a `Picture`, or
None if it cannot be drawn.
"""

import pickle
import sys
from typing import Any

from rmsprop_lab.plots.encoding import Picture, picture_of
from rmsprop_lab.plots.run_picture.overlay import PathPainter


def main() -> None:
    """Draws until the input ends."""
    painters: dict[int, tuple[PathPainter, Any]] = {}
    while True:
        try:
            number, backdrop, *shown = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        if backdrop:
            painters[number] = PathPainter(backdrop[0]), backdrop[1]
        painter, palette = painters[number]
        pickle.dump(_drawn(painter, palette, shown), sys.stdout.buffer, protocol=5)
        sys.stdout.buffer.flush()


def _drawn(painter: PathPainter, palette: Any, shown: list[Any]) -> Picture | None:
    try:
        return picture_of(painter.pixels(*shown), palette)
    except Exception:  # the process that asked draws it again, and meets the same
        return None


if __name__ == "__main__":
    main()
