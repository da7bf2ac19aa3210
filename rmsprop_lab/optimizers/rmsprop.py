from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class RMSProp(Optimizer):
    """RMSProp: s = rho · s + (1 - rho) · g²; step = step_size / (epsilon + √s) · g, with s starting at 0.

    Source: Hinton, *Neural Networks for Machine Learning*, Coursera lecture 6e (2012), slide 29.
    Libraries differ: `torch.optim.RMSprop` agrees with this (rho is its `alpha`; epsilon outside the
    root); `optax.rmsprop` puts epsilon inside the root by default and calls rho `decay`.
    Shapes: elementwise, any shape; state: the mean square of each partial derivative.
    """

    step_size: Positive
    rho: Fraction
    epsilon: Epsilon = 1e-8

    exact = True

    def init(self) -> tuple[float]:
        return (0.0,)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        (mean_square,) = state
        mean_square = self.rho * mean_square + (1.0 - self.rho) * (gradient * gradient)
        step = self.step_size / (self.epsilon + np.sqrt(mean_square)) * gradient
        return step, (mean_square,)
