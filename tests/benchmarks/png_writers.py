"""Other ways from a picture's pixels to a PNG: what plots/encoding.py is measured against."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np
from PIL import Image

from benchmarks.harness import missing

Writer: TypeAlias = Callable[[np.ndarray], bytes]
LARGE = 58_000  # bytes, from which rows of our own get a palette


def writers() -> dict[str, Writer]:
    """By name, each from `(height, width, 4)` to a PNG; without zlib-ng where it is not installed."""
    found = {
        **{f"Pillow, 256 colours, level {level}": partial(pillow, level, 256) for level in (1, 3, 5, 6, 9)},
        **{f"Pillow, all shades, level {level}": partial(pillow, level, None) for level in (1, 6)},
        **{
            f"rows of our own, zlib level {level}": partial(rows, partial(zlib.compress, level=level))
            for level in (1, 3)
        },
    }
    if not missing("zlib-ng"):
        from zlib_ng import zlib_ng

        found["rows of our own, zlib-ng level 5"] = partial(rows, partial(zlib_ng.compress, level=5))
    return found


def pillow(level: int, colours: int | None, pixels: np.ndarray) -> bytes:
    """Pillow's encoder, which filters every row unless there is a palette."""
    image, buffer = Image.fromarray(pixels).convert("RGB"), io.BytesIO()
    (image.quantize(colours, Image.Quantize.FASTOCTREE, dither=0) if colours else image).save(
        buffer, "png", compress_level=level
    )
    return buffer.getvalue()


def rows(compress: Callable[[np.ndarray], bytes], pixels: np.ndarray) -> bytes:
    """Rows without a filter, compressed as they are: all shades, or 256 colours where that is too large."""
    height, width = pixels.shape[:2]
    filtered = np.zeros((height, 1 + 3 * width), np.uint8)  # in front of each row the number of its filter, 0
    colours = np.ndarray((height, width, 3), np.uint8, filtered.data, offset=1, strides=(filtered.strides[0], 3, 1))
    for channel in range(3):
        colours[..., channel] = pixels[..., channel]
    data = compress(filtered)
    if len(data) <= LARGE:
        return _file(width, height, 2, data)
    image = Image.fromarray(np.ascontiguousarray(colours)).quantize(256, Image.Quantize.FASTOCTREE, dither=0)
    filtered = np.zeros((height, 1 + width), np.uint8)
    filtered[:, 1:] = np.asarray(image)
    return _file(width, height, 3, compress(filtered), _chunk(b"PLTE", bytes(image.getpalette())))


def _file(width: int, height: int, kind: int, data: bytes, palette: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + palette + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
