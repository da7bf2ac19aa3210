"""The update rules, one file each: `from rmsprop_lab.optimizers import RMSProp`."""

from rmsprop_lab.base import Optimizer
from rmsprop_lab.base.discovery import classes_in


def __getattr__(name: str) -> type[Optimizer]:
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return classes_in(__name__, Optimizer)[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no optimizer {name!r}; it has {__dir__()}") from None


def __dir__() -> list[str]:
    return sorted(classes_in(__name__, Optimizer))
