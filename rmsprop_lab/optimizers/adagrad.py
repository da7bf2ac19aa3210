from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class AdaGrad(Optimizer):
    """AdaGrad: step = step_size / (epsilon + √s) · g with s = s + g².

    g is the gradient; s, the sum of all squared gradients, starts at 0. It only grows, so the steps only get
    shorter for the same gradient.

    Args:
        step_size: Factor on the rescaled gradient, > 0; the length of the first step along each coordinate.
        epsilon: Term that keeps the denominator from 0, > 0; 1e-8 as in the tutorial.

    Source: Duchi, Hazan & Singer, *Adaptive subgradient methods for online learning and stochastic optimization*,
    JMLR 12 (2011), figure 1 (diagonal).
    Libraries differ: `torch.optim.Adagrad` agrees with this (epsilon outside the root, 1e-10 by default);
    `optax.adagrad` starts s at 0.1 and puts epsilon inside the root.
    Shapes: step and s have the gradient's shape, whatever it is.

    >>> step, state = AdaGrad(step_size=0.1).update(4.0, (9.0,))  # with s = 9
    >>> print(f"{step:.4f}", state)
    0.0800 (25.0,)
    """

    step_size: Positive
    epsilon: Epsilon = 1e-8

    exact = True

    def init(self) -> tuple[float]:
        return (0.0,)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        (sum_square,) = state
        sum_square = sum_square + gradient * gradient
        step = self.step_size / (self.epsilon + np.sqrt(sum_square)) * gradient
        return step, (sum_square,)
