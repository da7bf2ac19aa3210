"""Spaces, searches over them, and scores that are known."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rmsprop_lab import Study
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.search import searcher_for
from support.studies import study

SPACE = {"step_size": Range(1e-4, 1.0, "log", 5), "rho": Range(0.9, 0.999, "log_complement", 3)}
SPACES = {"gd": {"step_size": SPACE["step_size"]}, "rmsprop": SPACE}
CONDITIONAL = {
    "step_size": Range(1e-3, 0.1, "log", 2),
    "centered": Range(values=(False, True)),
    "momentum": Range(0.5, 0.9, "linear", 3, when={"centered": (True,)}),
}


def cell_of(method: str, trials: int, space: Mapping[str, Range] = SPACE) -> Cell:
    """A search of RMSProp in batches of four."""
    search = Search(method, trials=trials, batch=4)
    return study(optimizers={"rmsprop": RMSProp(0.01, 0.99)}, spaces={"rmsprop": space}, search=search).cells[0]


def asked(cell: Cell) -> dict[int, dict[str, float]]:
    """All trials of a search; the scores fall towards step_size 0.1, and large steps are lost."""
    search, found = searcher_for(cell), {}
    while trials := search.ask():
        assert len(trials) <= cell.search.batch or not cell.search.learns
        found.update({trial.number: dict(trial.hyperparameters) for trial in trials})
        told = {trial.number: score_at(trial.hyperparameters) for trial in trials}
        search.tell(told)
    return found


def score_at(point: Mapping[str, float]) -> float:
    """Decades from the best step size, 0.1; large ones are lost."""
    return np.inf if point["step_size"] > 0.5 else abs(np.log10(point["step_size"]) + 1.0)


def tuned_pairs(trials: int = 10, method: str = "tpe", **changes: Any) -> Study:
    """Two optimizers on two objectives, searched in batches of four; fields of `Search` are taken as well."""
    search = {name: changes.pop(name) for name in ("seed", "batch", "repeats", "widen", "score") if name in changes}
    given = {"spaces": SPACES, "evaluation": Starts("fresh", count=5), **changes}
    return study(search=Search(method, trials=trials, **{"batch": 4, **search}), **given)
