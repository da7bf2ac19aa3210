"""Classes from files of a user, as the command finds them."""

from pathlib import Path
from typing import Any

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.config.targets import find_class
from support.own import HEAD

MOMENTUM = (
    HEAD
    + """class Mine(Optimizer):
    step_size: Positive
    momentum: Positive = 0.9

    def init(self) -> tuple[float, ...]:
        return (0.0,)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        velocity = self.momentum * state[0] + gradient
        return self.step_size * velocity, (velocity,)
"""
)


def class_in(folder: Path, code: str, name: str, kind: type = Objective) -> Any:
    """The class `name` of a new file with this code; each call needs a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "own.py"
    file.write_text(code)
    return find_class(f"{file}:{name}", kind, "key")


def rule_in(folder: Path, code: str, name: str = "Mine") -> Any:
    """The same for an optimizer, with a step size."""
    return class_in(folder, code, name, Optimizer)(step_size=0.1)
