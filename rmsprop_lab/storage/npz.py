"""Named arrays as the content of one compressed `.npz` file."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def npz_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The content of a file with these arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **dict(arrays))  # type: ignore[arg-type]
    return buffer.getvalue()


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a file, by name."""
    with np.load(io.BytesIO(path.read_bytes())) as kept:
        return dict(kept)
