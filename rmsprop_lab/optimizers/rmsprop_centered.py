from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class RMSPropCentered(Optimizer):
    """RMSProp by the deviation: m = rho · m + (1 - rho) · g; s = rho · s + (1 - rho) · g²;
    step = step_size / (epsilon + √(s - m²)) · g, with m and s starting at 0.

    Source: Graves, *Generating sequences with recurrent neural networks*, arXiv:1308.0850 (2013).
    Libraries differ: `torch.optim.RMSprop(centered=True)` agrees with this (epsilon outside the root), but
    where g hardly changes rounding can take s - m² below 0, which it makes NaN and this rule makes 0;
    Graves, and `optax.rmsprop(centered=True)` by default, put epsilon inside the root.
    Shapes: elementwise, any shape; state: the mean and the mean square of each partial derivative.
    """

    step_size: Positive
    rho: Fraction
    epsilon: Epsilon = 1e-8

    exact = True  # so is the maximum, which rounds nothing

    def init(self) -> tuple[float, float]:
        return (0.0, 0.0)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        mean, mean_square = state
        mean = self.rho * mean + (1.0 - self.rho) * gradient
        mean_square = self.rho * mean_square + (1.0 - self.rho) * (gradient * gradient)
        variance = np.maximum(mean_square - mean * mean, 0.0)
        step = self.step_size / (self.epsilon + np.sqrt(variance)) * gradient
        return step, (mean, mean_square)
