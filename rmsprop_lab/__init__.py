"""Config-driven sweeps, tuning and fair comparison of first-order optimizers.

>>> from rmsprop_lab import descend
>>> from rmsprop_lab.objectives import Bowl
>>> from rmsprop_lab.optimizers import RMSProp
>>> trace = descend(Bowl(), RMSProp(step_size=0.01, rho=0.99), [0.5, -0.5], n_iter=50)
>>> trace.points.shape, trace.values.shape
((51, 2, 1), (51, 1))

Names are imported when first used, so that `rmsprop-lab --help` does not wait for NumPy and pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rmsprop_lab.descent import Trace as Trace
    from rmsprop_lab.descent import descend as descend
    from rmsprop_lab.plan.study import Study as Study
    from rmsprop_lab.storage.folder import load as load
    from rmsprop_lab.storage.folder import load_traces as load_traces
    from rmsprop_lab.tasks.run import run_study as run_study

__version__ = "0.1.0"

_HOME = {
    "descend": "descent",
    "Trace": "descent",
    "Study": "plan.study",
    "run_study": "tasks.run",
    "load": "storage.folder",
    "load_traces": "storage.folder",
}
__all__ = ["Study", "Trace", "descend", "load", "load_traces", "run_study"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
