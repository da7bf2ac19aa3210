"""Pictures for pages: WebP, no more pixels than a page shows."""

import io
from pathlib import Path

from PIL import Image

_WIDTH = 1000


def write_small(png: bytes, path: Path) -> None:
    """Writes a picture at most `_WIDTH` wide."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if picture.width > _WIDTH:
        picture = picture.resize((_WIDTH, round(picture.height * _WIDTH / picture.width)), Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=85, method=6)
