from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class RMSProp(Optimizer):
    """RMSProp: step = step_size / (epsilon + √s) · g with s = rho · s + (1 - rho) · g².

    g is the gradient; s, the decaying mean of squared gradients, starts at 0. Nothing corrects that bias: the first
    step has the length step_size / √(1 - rho) along each coordinate, however large g is.

    Args:
        step_size: Factor on the rescaled gradient, > 0.
        rho: Decay rate of s, in [0, 1).
        epsilon: Term that keeps the denominator from 0, > 0; 1e-8 as in the tutorial.

    Source: Hinton, *Neural Networks for Machine Learning*, Coursera lecture 6e (2012), slide 29.
    Libraries differ: `torch.optim.RMSprop` agrees with this (rho is its `alpha`; epsilon outside the root);
    `optax.rmsprop` puts epsilon inside the root by default and calls rho `decay`.
    Shapes: step and s have the gradient's shape, whatever it is.

    >>> rule = RMSProp(step_size=0.01, rho=0.99)
    >>> step, state = rule.update(4.0, rule.init())
    >>> print(f"{step:.4f}")
    0.1000
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
