"""Small studies, and the tables that they leave."""

from typing import Any

from rmsprop_lab import Range, Search, Starts, Study
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD, RMSProp


def study(steps: tuple[float, ...] = (0.01, 0.1), method: str = "grid", name: str = "s", **changes: Any) -> Study:
    """Two objectives, two optimizers, three starts."""
    given = {
        "objectives": {"bowl": Bowl(), "himmelblau": Himmelblau()},
        "optimizers": {"gd": GD(0.05), "rmsprop": RMSProp(0.05, 0.9)},
        "starts": Starts(count=3),
        "n_iter": 15,
        "search": Search(method),
        "spaces": {name: {"step_size": Range(values=steps)} for name in ("gd", "rmsprop")},
        **changes,
    }
    return Study(name, **given)


def tuned(method: str = "tpe", trials: int = 12, **changes: Any) -> Study:
    """RMSProp on the bowl, searched in batches of four, its winner shown on five fresh starts."""
    given = {
        "objectives": {"bowl": Bowl()},
        "optimizers": {"rmsprop": RMSProp(0.01, 0.99)},
        "search": Search(method, trials=trials, batch=4),
        "spaces": {"rmsprop": {"step_size": Range(1e-3, 1.0, "log"), "rho": Range(values=(0.5, 0.9))}},
        "evaluation": Starts("fresh", count=5),
        **changes,
    }
    return study(**given)
