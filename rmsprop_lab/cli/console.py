"""Prints text on the terminal as text, not as markup, as wide and in as many colours as it has."""

import os
import re
from collections import Counter
from collections.abc import Mapping

from rich.color import Color, ColorSystem
from rich.console import Console, RenderableType
from rich.segment import Segment, Segments

_LEAST = 40  # characters of a line that a ranking needs
_SYSTEMS = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "windows": ColorSystem.WINDOWS}


def console(stderr: bool = False) -> Console:
    """A console that prints names, paths and messages of user code as they are: `[x]` and `:x:` are no markup."""
    for name in ("COLUMNS", "LINES"):
        if not re.fullmatch(r"[1-9][0-9]{0,3}", os.environ.get(name, "1")):
            del os.environ[name]  # rich would print nothing in no columns; 0 is what a terminal says that knows none
    out = _Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    out.width = max(out.width, _LEAST)
    return out


class _Console(Console):
    """A console that leaves a closed pipe to whoever ends the command: rich would end it with status 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def told_apart(hues: Mapping[str, str], out: Console) -> dict[str, str]:
    """The styles of names with hues; none for hues that this terminal shows in one colour.

    Args:
        hues: The hue of each name, as `#RRGGBB`.
        out: The terminal.
    """
    system = _SYSTEMS.get(out.color_system or "")
    if system is None:  # every colour, or none at all
        return dict(hues)
    shown = {hue: Color.parse(hue).downgrade(system).number for hue in set(hues.values())}
    counts = Counter(shown.values())
    return {name: hue if counts[shown[hue]] == 1 else "" for name, hue in hues.items()}


def print_trimmed(out: Console, shown: RenderableType, indent: int = 2) -> None:
    """Prints something without the spaces that fill its lines."""
    options = out.options.update_width(out.width - indent)
    for line in out.render_lines(shown, options, pad=False):
        while line and not line[-1].text.strip():
            line.pop()
        last = [segment._replace(text=segment.text.rstrip()) for segment in line[-1:]]
        before = [Segment(indent * " ")] if line else []
        out.print(Segments([*before, *line[:-1], *last, Segment.line()]))
