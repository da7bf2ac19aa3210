"""Files of named NumPy arrays, `.npz`: zip archives with a checksum for each array, verified when they are read."""

import io
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from rmsprop_lab.errors import DamageWarning
from rmsprop_lab.storage.aside import clear_way, set_aside


def npz_bytes(arrays: dict[str, Any]) -> bytes:
    """The content of a compressed `.npz` file with these arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def kept_arrays(path: Path) -> dict[str, Any] | None:
    """The arrays in a file of the study's folder; None if there is none, or if it is damaged: then it is set aside."""
    clear_way(path, path.parent.parent)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if broken := archive.testzip():
                raise zipfile.BadZipFile(f"the checksum of {broken} differs")
        with np.load(io.BytesIO(content)) as kept:
            return dict(kept)
    except Exception as error:  # zipfile, zlib and NumPy raise a dozen classes for damaged bytes
        aside = set_aside(path, path.parent.parent)
        told = f"{path} is damaged: {error}; it is set aside in {aside.parent} and computed again"
        warnings.warn(told, DamageWarning, stacklevel=2)
        return None
