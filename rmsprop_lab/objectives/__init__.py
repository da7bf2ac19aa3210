"""The functions to minimise, a file each.

>>> from rmsprop_lab.objectives import Bowl
>>> Bowl().minimum
0.0
"""

from rmsprop_lab.base import Objective
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.errors import did_you_mean


def __getattr__(name: str) -> type[Objective]:
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return classes_in(__name__, Objective)[name]
    except KeyError:
        raise AttributeError(
            f"module {__name__!r} has no objective {name!r}. {did_you_mean(name, __dir__())}"
        ) from None


def __dir__() -> list[str]:
    return sorted(classes_in(__name__, Objective))
