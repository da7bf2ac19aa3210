"""Files of a user: Python beside YAML."""

from pathlib import Path

HEAD = """
from dataclasses import dataclass
import numpy as np
from rmsprop_lab.base import Array, Bounds, Objective, Optimizer, Positive, State

@dataclass(frozen=True, eq=False)
"""


QUARTIC = (
    HEAD
    + """class Quartic(Objective):
    dim: int = 2
    bounds: Bounds = (-2.0, 2.0)
    minimum = 0.0
    minimizers = np.zeros((2, 1))

    def value(self, point: Array) -> Array:
        x, y = point
        return x * x * x * x + y * y
"""
)


def own(folder: Path, group: str, name: str, code: str, entry: str) -> None:
    home = folder / "mine" / group
    home.mkdir(parents=True, exist_ok=True)
    (home / f"{name}.py").write_text(code)
    (home / f"{name}.yaml").write_text(f"{name}:\n  {entry}\n")
