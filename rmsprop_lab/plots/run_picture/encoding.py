"""From pixels to a PNG, and to the small WebP that stands for it in a grid of pictures."""

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from zlib_ng import zlib_ng

Pixels = NDArray[np.uint8]

# Bytes. Chaotic paths have more shades than compress well, and a run is to take 60 kB of disk for its pictures.
LARGE = 58_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH, _TRUECOLOUR, _INDEXED = 8, 2, 3
_LEVEL = 5  # from 4 to 6 files become 13 % smaller and take half as long again
_THUMBNAIL = 232  # pixels of the longer side: two fit beside MLflow's Assistant, which is open at first


@dataclass(frozen=True)
class Picture:
    """A picture as a PNG and, for a grid of many, as a small WebP."""

    png: bytes
    small: bytes


def picture_of(pixels: Pixels) -> Picture:
    """A run's picture as it is kept."""
    return Picture(png_bytes(pixels, LARGE), thumbnail(pixels))


def png_bytes(pixels: Pixels, large: int | None = None) -> bytes:
    """A PNG of `(height, width, 3)`; of a fourth channel, opacity, nothing is kept.

    One of more than `large` bytes gets a palette of 256 colours: the same to look at, at half the size.
    Rows are not filtered: a plot is flat, its plain bytes repeat those of the row above. Pillow tries every filter on
    every row, which takes three times as long and makes the file larger.
    """
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # in front of each the number of its filter, 0
    colours = np.ndarray((height, width, 3), np.uint8, rows.data, offset=1, strides=(rows.strides[0], 3, 1))
    for channel in range(3):  # one by one: eight times as fast as pixel by pixel
        colours[..., channel] = pixels[..., channel]
    data = zlib_ng.compress(rows, _LEVEL)
    return _file(width, height, _TRUECOLOUR, data) if large is None or len(data) <= large else _indexed(colours)


def _indexed(colours: Pixels) -> bytes:
    height, width = colours.shape[:2]
    image = Image.fromarray(np.ascontiguousarray(colours), "RGB")
    image = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    rows = np.zeros((height, 1 + width), np.uint8)
    rows[:, 1:] = np.asarray(image)
    palette = np.array(image.getpalette(), np.uint8)
    palette[palette > 250] = 255  # white stays white
    return _file(width, height, _INDEXED, zlib_ng.compress(rows, _LEVEL), _chunk(b"PLTE", palette.tobytes()))


def _file(width: int, height: int, kind: int, data: bytes, palette: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, _DEPTH, kind, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + palette + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def thumbnail(pixels: Pixels) -> bytes:
    """A WebP of at most 232 pixels of what `png_bytes` takes."""
    channels = pixels.shape[2]
    image = Image.fromarray(np.ascontiguousarray(pixels), "RGBA" if channels == 4 else "RGB")
    buffer = io.BytesIO()
    # Box filter and WebP's quickest method: a sixth of the time of `Image.thumbnail` and the usual method.
    share = min(1.0, _THUMBNAIL / max(image.size))
    size = (max(1, round(share * image.width)), max(1, round(share * image.height)))
    image.convert("RGB").resize(size, Image.Resampling.BOX).save(buffer, "webp", quality=75, method=0)
    return buffer.getvalue()


def small_copy(png: bytes) -> bytes:
    """The thumbnail of a PNG."""
    return thumbnail(np.asarray(Image.open(io.BytesIO(png)).convert("RGB")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
