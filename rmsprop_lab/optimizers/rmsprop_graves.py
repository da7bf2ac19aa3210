from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Flag, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class RMSPropGraves(Optimizer):
    """RMSProp with its options as hyperparameters: s = rho · s + (1 - rho) · g²; m = rho · m + (1 - rho) · g;
    v = s - m² if centered, else s; b = momentum · b + g / (epsilon + √v); step = step_size · b, all from 0.

    Source: Graves, *Generating sequences with recurrent neural networks*, arXiv:1308.0850 (2013), who has both
    options; the form is that of `torch.optim.RMSprop(centered=..., momentum=...)`.
    Libraries differ: Graves, and `optax.rmsprop` by default, put epsilon inside the root; where rounding takes
    s - m² below 0, torch makes it NaN and this rule 0.
    Shapes: elementwise, any shape; state: mean square and mean of each partial derivative, and the buffer b.
    """

    step_size: Positive
    rho: Fraction
    momentum: Fraction = 0.0
    centered: Flag = False
    epsilon: Epsilon = 1e-8

    exact = True

    def init(self) -> tuple[float, float, float]:
        return (0.0, 0.0, 0.0)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        mean_square, mean, buffer = state
        mean_square = self.rho * mean_square + (1.0 - self.rho) * (gradient * gradient)
        mean = self.rho * mean + (1.0 - self.rho) * gradient
        variance = np.maximum(mean_square - self.centered * (mean * mean), 0.0)
        buffer = self.momentum * buffer + gradient / (self.epsilon + np.sqrt(variance))
        return self.step_size * buffer, (mean_square, mean, buffer)
