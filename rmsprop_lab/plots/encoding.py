"""Encodes pixels as PNG, and as the small WebP that represents it in a grid of pictures."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
"""An image, `(height, width, 3)`, or `(height, width, 4)` with an opacity, which is dropped."""

_LEVEL = 3  # of 9; level 6 makes files a fifth smaller and takes a sixth longer per picture
_MOVING, _MOST_MOVING = (70, 45, 20), 2_000_000  # WebP's qualities of an animation, the best first; its most bytes
_THUMBNAIL = 232  # pixels of the longer side: two fit beside MLflow's Assistant, which is open by default


@dataclass(frozen=True)
class Picture:
    """A picture as a PNG and, for a grid of many, as a small WebP."""

    png: bytes
    small: bytes


def picture_of(pixels: Pixels, palette: Image.Image) -> Picture:
    """Encodes a run's picture: a PNG of the colours of a palette, see `run_palette`, and a thumbnail."""
    image = _image(pixels)
    return Picture(_indexed(image, palette), _thumbnail(image))


def png_bytes(pixels: Pixels) -> bytes:
    """Encodes pixels as a PNG in full colour."""
    return _saved(_image(pixels), "png")


def small_png(pixels: Pixels, palette: Image.Image) -> bytes:
    """Encodes a run's pixels as a PNG of 256 colours: half the bytes of full colour, with no visible difference."""
    return _indexed(_image(pixels), palette)


def thumbnail(pixels: Pixels) -> bytes:
    """Encodes pixels as a WebP of at most 232 pixels on its longer side."""
    return _thumbnail(_image(pixels))


def small_copy(png: bytes) -> bytes:
    """The thumbnail of a PNG."""
    return _thumbnail(Image.open(io.BytesIO(png)).convert("RGB"))


def animation_bytes(frames: Iterable[Pixels], milliseconds: int) -> bytes:
    """Encodes pictures as a WebP of up to 2 MB that shows them over and over, each for so many milliseconds."""
    first, *others = map(_image, frames)
    how = {"save_all": True, "append_images": others, "duration": milliseconds, "loop": 0, "method": 3}
    for quality in _MOVING:
        found = _saved(first, "webp", quality=quality, **how)
        if len(found) <= _MOST_MOVING:
            break
    return found


def _indexed(image: Image.Image, palette: Image.Image) -> bytes:
    return _saved(image.quantize(palette=palette, dither=Image.Dither.NONE), "png", compress_level=_LEVEL)


def _thumbnail(image: Image.Image) -> bytes:
    # Box filter and WebP's quickest method: a sixth of the time of `Image.thumbnail` and the usual method.
    share = min(1.0, _THUMBNAIL / max(image.size))
    size = max(1, round(share * image.width)), max(1, round(share * image.height))
    return _saved(image.resize(size, Image.Resampling.BOX), "webp", quality=75, method=0)


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(pixels).convert("RGB")


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
