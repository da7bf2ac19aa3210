"""Config-driven sweeps, tuning and fair comparison of first-order optimizers.

>>> from rmsprop_lab import descend
>>> from rmsprop_lab.objectives import Bowl
>>> from rmsprop_lab.optimizers import RMSProp
>>> trace = descend(Bowl(), RMSProp(step_size=0.01, rho=0.99), [0.5, -0.5], n_iter=50)
>>> trace.points.shape, trace.values.shape
((51, 2, 1), (51, 1))

Names are imported when first used, so that `rmsprop-lab --help` does not wait for NumPy and pandas.
"""

TYPE_CHECKING = False  # the same to type checkers as typing's, whose import takes 10 ms
if TYPE_CHECKING:
    from typing import Any

    from rmsprop_lab.base import Objective as Objective
    from rmsprop_lab.base import Optimizer as Optimizer
    from rmsprop_lab.descent import Trace as Trace
    from rmsprop_lab.descent import descend as descend
    from rmsprop_lab.errors import ContractBroken as ContractBroken
    from rmsprop_lab.errors import ContractWarning as ContractWarning
    from rmsprop_lab.errors import DamageWarning as DamageWarning
    from rmsprop_lab.errors import EngineWarning as EngineWarning
    from rmsprop_lab.errors import InputError as InputError
    from rmsprop_lab.errors import LabError as LabError
    from rmsprop_lab.errors import ResultsError as ResultsError
    from rmsprop_lab.errors import RunsFailed as RunsFailed
    from rmsprop_lab.errors import StudyInterrupted as StudyInterrupted
    from rmsprop_lab.errors import TrackingError as TrackingError
    from rmsprop_lab.errors import TrackingWarning as TrackingWarning
    from rmsprop_lab.errors import WaitingWarning as WaitingWarning
    from rmsprop_lab.plan.search_settings import Search as Search
    from rmsprop_lab.plan.space import Range as Range
    from rmsprop_lab.plan.starts import Starts as Starts
    from rmsprop_lab.plan.study import Study as Study
    from rmsprop_lab.plots.trace import plot as plot
    from rmsprop_lab.storage.loading import load as load
    from rmsprop_lab.storage.loading import load_traces as load_traces
    from rmsprop_lab.tasks.run import run_study as run_study
    from rmsprop_lab.tasks.summary import Summary as Summary

__version__ = "0.1.0"

_HOMES = {
    "base": ("Objective", "Optimizer"),
    "descent": ("Trace", "descend"),
    "errors": (
        *("ContractBroken", "ContractWarning", "DamageWarning", "EngineWarning", "InputError", "LabError"),
        *("ResultsError", "RunsFailed", "StudyInterrupted", "TrackingError", "TrackingWarning", "WaitingWarning"),
    ),
    "plan.search_settings": ("Search",),
    "plan.space": ("Range",),
    "plan.starts": ("Starts",),
    "plan.study": ("Study",),
    "plots.trace": ("plot",),
    "storage.loading": ("load", "load_traces"),
    "tasks.run": ("run_study",),
    "tasks.summary": ("Summary",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = [
    "ContractBroken",
    "ContractWarning",
    "DamageWarning",
    "EngineWarning",
    "InputError",
    "LabError",
    "Objective",
    "Optimizer",
    "Range",
    "ResultsError",
    "RunsFailed",
    "Search",
    "Starts",
    "Study",
    "StudyInterrupted",
    "Summary",
    "Trace",
    "TrackingError",
    "TrackingWarning",
    "WaitingWarning",
    "descend",
    "load",
    "load_traces",
    "plot",
    "run_study",
]


def __getattr__(name: str) -> "Any":
    if name not in _HOME:
        hint = "optimizers are in rmsprop_lab.optimizers, objectives in rmsprop_lab.objectives"
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; {hint}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*(name for name in globals() if name.startswith("__")), *_HOME])
