"""Rules that a page cannot compute, each for a reason of its own."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rmsprop_lab.base import Array, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class Branching(Optimizer):
    """Gradient descent that looks at a number."""

    step_size: Positive

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        if np.ravel(gradient)[0] > 1e9:
            return 0.0 * gradient, state
        return self.step_size * gradient, state


@dataclass(frozen=True, eq=False)
class Drawing(Optimizer):
    """Gradient descent with steps of random lengths, the same ones each time."""

    step_size: Positive

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        each = np.shape(gradient)[:1] + (1,) * len(np.shape(gradient)[1:])  # one for each coordinate, in all runs
        return self.step_size * gradient * np.random.default_rng(0).random(each), state


@dataclass(frozen=True, eq=False)
class Calling(Optimizer):
    """Gradient descent with a function that has no elementwise arithmetic."""

    step_size: Positive

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * np.interp(gradient, [-10.0, 10.0], [-10.0, 10.0]), state


@dataclass(frozen=True, eq=False)
class Whole(Optimizer):
    """Gradient descent with weight decay, which needs the point."""

    step_size: Positive

    elementwise = False

    def update(self, gradient: Array, state: State, point: Any = None) -> tuple[Array, State]:
        return self.step_size * (gradient + (0.0 if point is None else 0.01 * point)), state


@dataclass(frozen=True, eq=False)
class Long(Optimizer):
    """Gradient descent in thousands of operations."""

    step_size: Positive

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        for number in range(2500):
            gradient = gradient + 1e-9 * number - 1e-9 * number
        return self.step_size * gradient, state


LIMITS: dict[str, Optimizer] = {
    "branching": Branching(0.1),
    "drawing": Drawing(0.1),
    "calling": Calling(0.1),
    "whole": Whole(0.1),
    "long": Long(0.1),
}
"""By the names that the tests give them."""
