"""The hues of optimizers and the shades of their runs: in the terminal, in figures and in MLflow.

An optimizer's hue is `hues(names)[name]`, where `names` are all optimizers of the study's folder: those on disk first,
then those of the command. A run's colour is a shade of its optimizer's hue; the first run of a cell is the darkest.
"""

import colorsys
from collections.abc import Iterable, Mapping

# Searched for by simulated annealing: any two are at least 20 apart (CIEDE2000) to full sight and to each of three
# simulated deficiencies, of lightness 20 to 75. No more than eight can be told apart so: further ones need marks.
PALETTE = ("#282F71", "#C70000", "#057E6F", "#7C38FF", "#F38F16", "#4AC9A9", "#670B25", "#BAACF8")
GREY = "#9AA0A6"
"""Colour of things that belong to no optimizer: lost trials, the curve of an objective."""
BEST = PALETTE[1]
"""Colour of the winner of a search."""

_MARKERS = ("", "o", "s", "^", "D", "v", "P")
_USUAL = ("gd", "adagrad", "rmsprop", "momentum", "adam", "nesterov")


def hues(optimizers: Iterable[str]) -> dict[str, str]:
    """A hue for each optimizer. The usual optimizers always have the same; others get those that are left, in order.

    >>> hues(["rmsprop", "mine"])
    {'rmsprop': '#057E6F', 'mine': '#282F71'}
    """
    names = list(dict.fromkeys(optimizers))
    found = {name: PALETTE[_USUAL.index(name)] for name in names if name in _USUAL}
    left = [hue for hue in PALETTE if hue not in found.values()] or list(PALETTE)
    others = [name for name in names if name not in found]
    return found | {name: left[index % len(left)] for index, name in enumerate(others)}


def marks(hues: Mapping[str, str]) -> dict[str, str]:
    """A marker for the curve of each optimizer: none for the first one of a hue, then one for each further one.

    >>> marks({"gd": "#282F71", "mine": "#282F71", "yours": "#C70000"})
    {'gd': '', 'mine': 'o', 'yours': ''}
    """
    seen: dict[str, int] = {}
    found = {}
    for name, hue in hues.items():
        found[name] = _MARKERS[seen.get(hue, 0) % len(_MARKERS)]
        seen[hue] = seen.get(hue, 0) + 1
    return found


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
