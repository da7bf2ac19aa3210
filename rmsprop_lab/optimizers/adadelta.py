from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class AdaDelta(Optimizer):
    """AdaDelta: s = rho · s + (1 - rho) · g²; Δ = √(u + epsilon) / √(s + epsilon) · g;
    u = rho · u + (1 - rho) · Δ²; step = step_size · Δ, with s and u starting at 0.

    Source: Zeiler, *ADADELTA: an adaptive learning rate method*, arXiv:1212.5701 (2012), algorithm 1,
    which has no step_size: there it is 1.
    Libraries differ: `torch.optim.Adadelta` and `optax.adadelta` agree with this (epsilon inside both
    roots; u without step_size); the paper's experiments have rho 0.95.
    Shapes: elementwise, any shape; state: the mean squares of each partial derivative and of each Δ.
    """

    step_size: Positive = 1.0
    rho: Fraction = 0.9
    epsilon: Epsilon = 1e-6

    exact = True

    def init(self) -> tuple[float, float]:
        return (0.0, 0.0)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        mean_square, mean_square_change = state
        mean_square = self.rho * mean_square + (1.0 - self.rho) * (gradient * gradient)
        change = np.sqrt(mean_square_change + self.epsilon) / np.sqrt(mean_square + self.epsilon) * gradient
        mean_square_change = self.rho * mean_square_change + (1.0 - self.rho) * (change * change)
        return self.step_size * change, (mean_square, mean_square_change)
