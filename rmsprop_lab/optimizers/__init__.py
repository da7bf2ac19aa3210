"""The update rules, a file each.

>>> from rmsprop_lab import descend
>>> from rmsprop_lab.objectives import Bowl
>>> from rmsprop_lab.optimizers import RMSProp
>>> trace = descend(Bowl(), RMSProp(step_size=0.01, rho=0.99), [0.5, -0.5], n_iter=50)
>>> bool(trace.values[-1, 0] < 1e-3)
True
"""

from rmsprop_lab.base import Optimizer
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.errors import did_you_mean


def __getattr__(name: str) -> type[Optimizer]:
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return classes_in(__name__, Optimizer)[name]
    except KeyError:
        raise AttributeError(
            f"module {__name__!r} has no optimizer {name!r}. {did_you_mean(name, __dir__())}"
        ) from None


def __dir__() -> list[str]:
    return sorted(classes_in(__name__, Optimizer))
