"""Draws pictures for another process: sketches come by standard input, pictures go by standard output.

A message has the `number` of a backdrop, the backdrop too where that number is new, and the arguments of
`PathPainter.pixels`. The answer is a picture, or empty if it cannot be drawn.
"""

import sys
from collections.abc import Mapping
from typing import Any

from PIL import Image

from rmsprop_lab.plots.encoding import picture_of
from rmsprop_lab.plots.run_picture.messages import backdrop_in, of_picture, receive, send
from rmsprop_lab.plots.run_picture.overlay import PathPainter


def main() -> None:
    """Draws until the input ends."""
    painters: dict[int, tuple[PathPainter, Image.Image]] = {}
    while True:
        try:
            message = receive(sys.stdin.buffer)
        except EOFError:
            return
        number = int(message["number"])
        if "pixels" in message:
            backdrop, palette = backdrop_in(message)
            painters[number] = PathPainter(backdrop), palette
        send(sys.stdout.buffer, _drawn(*painters[number], message))


def _drawn(painter: PathPainter, palette: Image.Image, message: Mapping[str, Any]) -> dict[str, Any]:
    try:
        pixels = painter.pixels(message["plane"], int(message["median"]), str(message["title"]))
        return of_picture(picture_of(pixels, palette))
    except Exception:  # the process that asked draws it again, and meets the same
        return {}


if __name__ == "__main__":
    main()
