"""The file names of a study's pictures."""

from collections import Counter
from collections.abc import Iterable

from rmsprop_lab.base.checks import flag
from rmsprop_lab.errors import Found, InputError

_OF_OBJECTIVES = ("surface", "contour")
_OF_PAIRS = ("", "trials", "map", "dense_map", "basins")


def checked_animate(animate: object, figures: bool) -> bool:
    """Whether to draw the race too, which only a study with figures has.

    Raises:
        InputError: `animate` is neither True nor False, or there are no figures.
    """
    if flag(animate, "animate") and not figures:
        raise InputError("animate", "false, as figures is false", Found("true"))
    return bool(animate)


def picture(objective: str, optimizer: str = "", kind: str = "") -> str:
    """The file name of a picture of an objective, or of one with an optimizer.

    >>> picture("bowl", kind="surface"), picture("bowl", "gd"), picture("bowl", "gd", "trials")
    ('bowl_surface.png', 'bowl_gd.png', 'bowl_gd_trials.png')
    """
    return "_".join(filter(None, (objective, optimizer, kind))) + ".png"


def pictures_of(objective: str, optimizers: Iterable[str]) -> list[str]:
    """The file names of all pictures that there may be of an objective."""
    alone = [picture(objective, kind=kind) for kind in _OF_OBJECTIVES]
    return alone + [picture(objective, name, kind) for name in optimizers for kind in _OF_PAIRS]


def check_pictures(objectives: Iterable[str], optimizers: Iterable[str]) -> None:
    """Checks that no two pictures of a study have one file name, also where upper and lower case are the same.

    Raises:
        InputError: `bowl` with the optimizer `surface`, or `a` with `b_c` and `a_b` with `c`, or `Bowl` and `bowl`
            (key `objectives`).
    """
    among = list(optimizers)
    names = Counter(name.lower() for objective in objectives for name in pictures_of(objective, among))
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice is not None:
        expected = "names of objectives and optimizers that give each picture a file of its own"
        raise InputError("objectives", expected, Found(f"two pictures {twice}"), "Rename an objective or optimizer.")
