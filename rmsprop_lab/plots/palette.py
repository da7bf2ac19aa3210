"""The 256 colours of all runs' pictures: choosing them for each picture would take as long as drawing it."""

import numpy as np
from matplotlib.colors import Colormap
from PIL import Image

from rmsprop_lab.base import Array

_PURE = 124  # colours of the map, of which a picture has 50
_LIGHTER = {1 / 6: 28, 2 / 6: 24, 3 / 6: 20, 4 / 6: 14, 5 / 6: 8}
"""Shares of white, where paths cross the colours, with a number of colours each: the lighter, the more alike."""
_DARKER = {1 / 3: 16, 2 / 3: 8}
"""Shares of black, at the rims of crosses, with a number of colours each."""
_GREYS = 14  # of text, and of curves


def run_palette(colours: Colormap) -> Image.Image:
    """An image whose palette has the colours of a map, lighter and darker ones, and greys from black to white."""
    lighter = [_even(colours, count) * (1 - share) + share for share, count in _LIGHTER.items()]
    darker = [_even(colours, count) * (1 - share) for share, count in _DARKER.items()]
    greys = np.linspace(0.0, 1.0, _GREYS)[:, None].repeat(3, axis=1)
    all_of = np.concatenate([_even(colours, _PURE), *lighter, *darker, greys])
    palette = Image.new("P", (1, 1))
    palette.putpalette((255 * all_of).round().astype(np.uint8).tobytes())
    return palette


def _even(colours: Colormap, count: int) -> Array:
    """Colours of a map at even distances, `(count, 3)`, each channel from 0 to 1."""
    return np.asarray(colours(np.linspace(0.0, 1.0, count))[:, :3])
