"""Sets aside what is damaged, or stands where a file has to be: it is moved into `damaged/`, and never removed."""

import os
import warnings
from collections.abc import Mapping
from itertools import chain, count
from pathlib import Path

from rmsprop_lab.errors import DamageWarning

ASIDE = "damaged"
"""The folder, in that of a study or of a shard, of what was set aside."""


def set_aside(path: Path, folder: Path) -> Path:
    """Moves a file, or a folder, into `damaged/`.

    Args:
        path: What to move, below `folder`.
        folder: The folder of the study or of the shard.

    Returns:
        Where it is now: below `damaged/` under the same name, with a number if that is taken.
    """
    home = folder / ASIDE
    if os.path.lexists(home) and not home.is_dir():
        home.replace(_free(home))
    target = home / path.relative_to(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    return path.replace(_free(target))


def _free(path: Path) -> Path:
    """The path, with a number if it is taken."""
    numbered = (path.with_name(f"{path.name}.{number}") for number in count(2))
    return next(name for name in chain([path], numbered) if not os.path.lexists(name))


def clear_way(path: Path, folder: Path) -> None:
    """Sets aside, with a warning, a folder or a pipe in a file's place, and a file in the place of a folder above it.

    Args:
        path: A file that is about to be written.
        folder: The folder of the study, which has it.
    """
    above = [place for place in reversed(path.parents) if place != folder and place.is_relative_to(folder)]
    for place in (*above, path):
        wanted, fits = ("file", place.is_file()) if place == path else ("folder", place.is_dir())
        if os.path.lexists(place) and not fits:
            told = f"{place} is no {wanted}; it is set aside in {set_aside(place, folder).parent}"
            warnings.warn(told, DamageWarning, stacklevel=3)


def told(folder: Path, damage: Mapping[str, str]) -> str:
    """What was set aside, in one line."""
    first, *others = damage.values()
    more = f", and {len(others)} more" if others else ""
    return (
        f"{first}{more}. All files of such a part are set aside in {folder / ASIDE}; the command that asks for their "
        "runs computes them again"
    )
