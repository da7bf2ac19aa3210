"""The hues of optimizers and the shades of their runs: in the terminal, in figures and in MLflow.

An optimizer's hue is `hues(names)[name]`, where `names` are all optimizers of the study's folder: those on disk first,
then those of the command. A run's colour is a shade of its optimizer's hue; the first run of a cell is the darkest.
"""

import colorsys
from collections.abc import Iterable

# Okabe & Ito (2008), distinguishable with any colour vision, without their yellow, which is illegible on white; then
# four of Tol's muted colours.
PALETTE = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"),
    *("#882255", "#999933", "#332288", "#6B7280"),
)
GREY = "#9AA0A6"
"""Colour of things that belong to no optimizer: lost trials, the curve of an objective."""
BEST = PALETTE[1]
"""Colour of the winner of a search."""

_USUAL = ("gd", "adagrad", "rmsprop", "momentum", "adam", "nesterov")


def hues(optimizers: Iterable[str]) -> dict[str, str]:
    """A hue for each optimizer. The usual optimizers always have the same; others get those that are left, in order.

    >>> hues(["rmsprop", "mine"])
    {'rmsprop': '#009E73', 'mine': '#0072B2'}
    """
    names = list(dict.fromkeys(optimizers))
    found = {name: PALETTE[_USUAL.index(name)] for name in names if name in _USUAL}
    left = [hue for hue in PALETTE if hue not in found.values()] or list(PALETTE)
    others = [name for name in names if name not in found]
    return found | {name: left[index % len(left)] for index, name in enumerate(others)}


def shade(hue: str, position: float) -> str:
    """A shade of a hue.

    Args:
        hue: The hue as `#RRGGBB`.
        position: From 0 for the darkest shade to 1 for the lightest.
    """
    red, green, blue = (int(hue[i : i + 2], 16) / 255 for i in (1, 3, 5))
    h, _, s = colorsys.rgb_to_hls(red, green, blue)
    rgb = colorsys.hls_to_rgb(h, 0.28 + 0.34 * min(max(position, 0.0), 1.0), 0.8 * s)
    return "#" + "".join(f"{round(255 * channel):02X}" for channel in rgb)
