from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class AdaDelta(Optimizer):
    """AdaDelta: step = step_size · Δ with Δ = √(u + epsilon) / √(s + epsilon) · g.

    g is the gradient. s = rho · s + (1 - rho) · g², the mean of squared gradients, is updated before Δ;
    u = rho · u + (1 - rho) · Δ², the mean of squared Δ, after it. Both start at 0, so epsilon sets the first Δ:
    about √(epsilon / (1 - rho)) along each coordinate.

    Args:
        step_size: Factor on Δ, > 0; 1, as the paper has none.
        rho: Decay rate of both means, in [0, 1); 0.9 as in torch and optax, where the paper tries 0.95.
        epsilon: Term inside both roots, > 0; 1e-6 as in the paper, torch and optax.

    Source: Zeiler, *ADADELTA: an adaptive learning rate method*, arXiv:1212.5701 (2012), algorithm 1.
    Libraries differ: `torch.optim.Adadelta` and `optax.adadelta` agree with this (epsilon inside both roots,
    u without step_size).
    Shapes: step, s and u have the gradient's shape, whatever it is.

    >>> step, state = AdaDelta().update(1.0, (0.0, 0.0))
    >>> print(f"{step:.4f}")
    0.0032
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
