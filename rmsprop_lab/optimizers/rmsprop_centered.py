from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class RMSPropCentered(Optimizer):
    """Centered RMSProp: step = step_size / (epsilon + √(s - m²)) · g, the gradient over its standard deviation.

    g is the gradient. m = rho · m + (1 - rho) · g and s = rho · s + (1 - rho) · g², the decaying means of the gradient
    and of its square, start at 0.

    Args:
        step_size: Factor on the rescaled gradient, > 0.
        rho: Decay rate of both means, in [0, 1).
        epsilon: Term that keeps the denominator from 0, > 0; 1e-8 as in torch.

    Source: Graves, *Generating sequences with recurrent neural networks*, arXiv:1308.0850 (2013).
    Libraries differ: `torch.optim.RMSprop(centered=True)` agrees with this (epsilon outside the root), except where
    rounding takes s - m² below 0, as a nearly constant gradient does: torch then gives NaN, this rule takes 0.
    Graves, and `optax.rmsprop(centered=True)` by default, put epsilon inside the root.
    Shapes: step, m and s have the gradient's shape, whatever it is.

    >>> rule = RMSPropCentered(step_size=0.1, rho=0.5)
    >>> step, state = rule.update(4.0, rule.init())
    >>> print(f"{step:.4f}", state)
    0.2000 (2.0, 8.0)
    """

    step_size: Positive
    rho: Fraction
    epsilon: Epsilon = 1e-8

    exact = True  # np.maximum rounds nothing

    def init(self) -> tuple[float, float]:
        return (0.0, 0.0)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        mean, mean_square = state
        mean = self.rho * mean + (1.0 - self.rho) * gradient
        mean_square = self.rho * mean_square + (1.0 - self.rho) * (gradient * gradient)
        variance = np.maximum(mean_square - mean * mean, 0.0)
        step = self.step_size / (self.epsilon + np.sqrt(variance)) * gradient
        return step, (mean, mean_square)
