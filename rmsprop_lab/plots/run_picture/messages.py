"""The messages between a process that asks for pictures and one that draws them: arrays and texts, never code."""

import io
import struct
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from PIL import Image

from rmsprop_lab.plots.encoding import Picture
from rmsprop_lab.plots.run_picture.overlay import Backdrop

_LENGTH = struct.Struct("<q")


def send(stream: IO[bytes], message: Mapping[str, Any]) -> None:
    """Writes arrays, numbers and texts by name, or nothing at all."""
    content = io.BytesIO()
    if message:
        np.savez(content, allow_pickle=False, **message)
    stream.write(_LENGTH.pack(content.tell()) + content.getvalue())
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any]:
    """Reads what `send` wrote. Raises `EOFError` at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return dict(np.load(io.BytesIO(content), allow_pickle=False)) if length else {}


def of_backdrop(backdrop: Backdrop, palette: Image.Image) -> dict[str, Any]:
    """The message of a backdrop and its palette."""
    rows, columns = backdrop.title_room
    return {
        "pixels": backdrop.pixels,
        "window": backdrop.window,
        "frame": backdrop.frame,
        "room": [rows.start, rows.stop, columns.start, columns.stop],
        "note": backdrop.note,
        "colour": backdrop.colour,
        "palette": np.array(palette.getpalette(), dtype=np.uint8),
    }


def backdrop_in(message: Mapping[str, Any]) -> tuple[Backdrop, Image.Image]:
    """The backdrop and the palette of a message."""
    top, bottom, left, right = message["room"].tolist()
    room, palette = (slice(top, bottom), slice(left, right)), Image.new("P", (1, 1))
    palette.putpalette(message["palette"].tobytes())
    note, colour = str(message["note"]), str(message["colour"])
    return Backdrop(message["pixels"], message["window"], message["frame"], room, note, colour), palette


def of_picture(picture: Picture) -> dict[str, Any]:
    """The message of a picture."""
    return {name: np.frombuffer(content, dtype=np.uint8) for name, content in vars(picture).items()}


def picture_in(message: Mapping[str, Any]) -> Picture | None:
    """The picture of a message; None if there is none."""
    return Picture(message["png"].tobytes(), message["small"].tobytes()) if message else None
