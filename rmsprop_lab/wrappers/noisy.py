import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.errors import InputError
from rmsprop_lab.wrappers.wrapper import Wrapper


@dataclass(frozen=True, eq=False)
class Noisy(Wrapper):
    """g(x) = f(x) + εᵀx, ε ~ N(0, σ² I) drawn anew at each evaluation: a gradient with noise, as in mini-batches.

    So the noisy gradient is ∇f(x) + ε, and its mean is ∇f(x). The class itself is pure: `value` and
    `gradient` are the inner objective's, without noise, since it is f that is scored; the descent draws ε with
    `noise_sigma` from streams seeded with `noise_seed`. Of two nested, the variances add and the outer seed
    counts. Source: Schneider, Balles & Hennig, *DeepOBS: a deep learning optimizer benchmark suite*, ICLR
    (2019), the noisy two-dimensional problems.
    Shapes: value `(d, ...)` to `(...)`, gradient `(d, ...)` to `(d, ...)`, any d.
    Raises `InputError` for a negative `sigma` or `seed`.
    """

    sigma: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        sigma = self.sigma
        if isinstance(sigma, bool) or not isinstance(sigma, int | float) or not 0.0 <= sigma < math.inf:
            raise InputError("sigma", "a finite number >= 0", sigma)
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise InputError("seed", "an integer >= 0", self.seed)

    @property
    def minimizers(self) -> Array | None:
        return self.objective.minimizers

    @property
    def plot_window(self) -> Any:
        return self.objective.plot_window

    @property
    def noise_sigma(self) -> float:
        return math.hypot(self.sigma, super().noise_sigma)

    @property
    def noise_seed(self) -> int:
        return self.seed

    def value(self, point: Array) -> Array:
        return self.objective.value(point)

    def gradient(self, point: Array) -> Array:
        return np.asarray(self.objective.gradient(point))
