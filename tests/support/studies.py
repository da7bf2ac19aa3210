"""Small studies, and the tables that they leave."""

from pathlib import Path
from typing import Any

import pandas as pd

from rmsprop_lab import Range, Search, Starts, Study, load, load_traces
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.storage.folder import StudyFolder


def study(steps: tuple[float, ...] = (0.01, 0.1), method: str = "grid", name: str = "s", **changes: Any) -> Study:
    """Two objectives, two optimizers, three starts."""
    given = {
        "objectives": {"bowl": Bowl(), "himmelblau": Himmelblau()},
        "optimizers": {"gd": GD(0.05), "rmsprop": RMSProp(0.05, 0.9)},
        "starts": Starts(count=3),
        "n_iter": 15,
        "search": Search(method),
        **changes,
    }
    given.setdefault("spaces", {optimizer: {"step_size": Range(values=steps)} for optimizer in given["optimizers"]})
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


def tables(output_dir: Path, name: str = "s") -> tuple[pd.DataFrame, ...]:
    folder = StudyFolder(output_dir, name)
    return (
        load(name, output_dir).sort_values("run_key", ignore_index=True),
        folder.trials().sort_values(["cell", "trial"], ignore_index=True),
        load_traces(name, output_dir=output_dir).sort_values(["run_key", "start", "iteration"], ignore_index=True),
    )


def assert_same(a: tuple[pd.DataFrame, ...], b: tuple[pd.DataFrame, ...]) -> None:
    for left, right in zip(a, b, strict=True):
        pd.testing.assert_frame_equal(left[sorted(left)], right[sorted(right)], check_exact=True)
