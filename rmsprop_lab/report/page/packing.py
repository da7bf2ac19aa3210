"""Packs arrays and texts into the JSON of a page: zlib in base64, which browsers and Python open by themselves."""

import base64
import zlib
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

Packed: TypeAlias = dict[str, Any]
"""`dtype` (`float32`, `int32`, `uint16`, or `text`), `shape`, and `zlib`: the bytes, little-endian, C order."""


def packed(values: ArrayLike, dtype: str = "float32") -> Packed:
    """Packs an array.

    Args:
        values: The array, of any shape.
        dtype: `float32`, `int32` or `uint16`; what is too large for `float32` becomes infinite.

    >>> part = packed([[1, 2]], "int32")
    >>> part["dtype"], part["shape"], unpacked(part).tolist()
    ('int32', [1, 2], [[1, 2]])
    """
    with np.errstate(over="ignore"):
        array = np.asarray(values).astype(np.dtype(dtype).newbyteorder("<"))
    return {"dtype": dtype, "shape": list(array.shape), "zlib": _zipped(array.tobytes())}


def packed_text(text: str) -> Packed:
    """Packs a text as UTF-8.

    >>> part = packed_text("ρ")
    >>> part["shape"], unpacked(part)
    ([2], 'ρ')
    """
    content = text.encode()
    return {"dtype": "text", "shape": [len(content)], "zlib": _zipped(content)}


def unpacked(part: Packed) -> Any:
    """What was packed: an array, or a text.

    >>> unpacked(packed([0.5, 1.5])).tolist(), unpacked(packed_text("ρ"))
    ([0.5, 1.5], 'ρ')
    """
    content = zlib.decompress(base64.b64decode(part["zlib"]))
    if part["dtype"] == "text":
        return content.decode()
    return np.frombuffer(content, np.dtype(part["dtype"]).newbyteorder("<")).reshape(part["shape"])


def _zipped(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, 6)).decode()
