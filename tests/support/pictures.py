"""Pictures as arrays of pixels."""

import io

import numpy as np
from PIL import Image


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def is_hue(picture: np.ndarray, hue: str) -> np.ndarray:
    """Where a picture has exactly this hue."""
    return (picture == [int(hue[i : i + 2], 16) for i in (1, 3, 5)]).all(axis=-1)
