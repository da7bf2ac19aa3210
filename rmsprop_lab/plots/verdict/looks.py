"""What tells optimizers apart besides their hue, and the legend that names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rmsprop_lab.plots.figure import shortened

_MARKERS = "osD^vPX<>p"
_LINES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (5, 1.5, 1, 1.5)), (0, (1, 1.2)), (0, (8, 1.5, 1, 1.5, 1, 1.5)))
_POINTS = 9.0  # size of a legend's letters
_LETTER, _HANDLE = 0.6 * _POINTS / 72, 0.75  # inches of a letter, and of a line with the space around it


@dataclass(frozen=True)
class Look:
    """How the lines and marks of one optimizer look.

    Args:
        hue: Its hue as `#RRGGBB`.
        marker: Matplotlib's name of its marker.
        line: Its pattern of dashes, as matplotlib takes it.
        place: Its place among all optimizers, from 0.
    """

    hue: str
    marker: str
    line: Any
    place: int

    def style(self) -> dict[str, Any]:
        """The properties of a line with a few markers, at other places than those of other lines."""
        begin = 0.02 + 0.031 * (self.place % 8)
        return {"color": self.hue, "linestyle": self.line, "linewidth": 1.5, **self.mark(), "markevery": (begin, 0.25)}

    def mark(self) -> dict[str, Any]:
        """The properties of its marker."""
        return {"marker": self.marker, "markersize": 6, "markeredgecolor": "white", "markeredgewidth": 0.5}


def looks(hues: Mapping[str, str]) -> dict[str, Look]:
    """A look for each optimizer: no two of the first fifty have the same marker and dashes.

    >>> [(look.marker, look.hue) for look in looks({"gd": "#0072B2", "adam": "#E69F00"}).values()]
    [('o', '#0072B2'), ('s', '#E69F00')]
    """
    return {
        name: Look(hue, _MARKERS[place % len(_MARKERS)], _LINES[(place + place // len(_MARKERS)) % len(_LINES)], place)
        for place, (name, hue) in enumerate(hues.items())
    }


def legend_below(figure: Figure, names: Iterable[str], found: Mapping[str, Look]) -> None:
    """Names optimizers below all panels, in as many columns as have room."""
    labels = {name: shortened(name) for name in names}
    handles = [Line2D([], [], **found[name].style() | {"markevery": None}, label=labels[name]) for name in labels]
    column = _HANDLE + _LETTER * max(map(len, labels.values()), default=0)
    columns = min(max(int(figure.get_figwidth() / column), 1), len(handles))
    legend = figure.legend(
        handles=handles, loc="outside lower center", ncols=columns, fontsize=_POINTS, frameon=False, handlelength=3.2
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
