import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.base.checks import integer, real
from rmsprop_lab.errors import InputError
from rmsprop_lab.wrappers.wrapper import Wrapper


@dataclass(frozen=True, eq=False)
class Noisy(Wrapper):
    """g(x) = f(x) + εᵀx with ε ~ N(0, σ² I): the gradient becomes ∇f(x) + ε, as noisy as that of a mini-batch.

    The descent draws a new ε for each gradient, from `noise_sigma` and `noise_seed`. `value` and `gradient` of this
    class are those of f, without noise, as f is what runs are scored by. If one `Noisy` wraps another, their variances
    add, and the outer seed counts.

    Args:
        objective: The inner objective f.
        sigma: Standard deviation σ of the noise on each partial derivative, finite and >= 0.
        seed: Seed of the noise, an integer >= 0.
        bounds: Where starts are drawn, by keyword; by default those of f.

    Raises:
        InputError: `sigma` or `seed` is negative or of another type.

    Source: Schneider, Balles & Hennig, *DeepOBS: a deep learning optimizer benchmark suite*, ICLR (2019), the noisy
    two-dimensional problems.
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...), with the inner d.

    >>> from rmsprop_lab.objectives import Bowl
    >>> noisy = Noisy(Bowl(), sigma=0.1)
    >>> print(noisy.gradient(np.array([3.0, 4.0])), noisy.noise_sigma)
    [6. 8.] 0.1
    """

    sigma: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if real(self.sigma, "sigma", expected := "a finite number >= 0") < 0.0:
            raise InputError("sigma", expected, self.sigma)
        integer(self.seed, "seed", 0)

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
