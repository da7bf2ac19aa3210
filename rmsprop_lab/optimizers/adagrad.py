from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class AdaGrad(Optimizer):
    """AdaGrad: s = s + g²; step = step_size / (epsilon + √s) · g, with s starting at 0.

    Source: Duchi, Hazan & Singer, *Adaptive subgradient methods*, JMLR 12 (2011), figure 1 (diagonal).
    Libraries differ: `torch.optim.Adagrad` agrees with this (epsilon outside the root, 1e-10 by default);
    `optax.adagrad` starts s at 0.1 and puts epsilon inside the root.
    Shapes: elementwise, any shape; state: the sum of squares of each partial derivative.
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
