from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Flag, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class RMSPropGraves(Optimizer):
    """RMSProp that may be centered and have momentum: step = step_size · b with b = momentum · b + g / (epsilon + √v).

    g is the gradient. v = s - m² if centered, else v = s; s = rho · s + (1 - rho) · g² and m = rho · m + (1 - rho) · g
    are decaying means. s, m and b start at 0. One search can vary both options of this class.

    Args:
        step_size: Factor on b, > 0.
        rho: Decay rate of both means, in [0, 1).
        momentum: Decay rate of b, in [0, 1); 0, no momentum, as in torch.
        centered: True to divide by the gradient's standard deviation, False by its root mean square; False as in torch.
        epsilon: Term that keeps the denominator from 0, > 0; 1e-8 as in torch.

    Source: Graves, *Generating sequences with recurrent neural networks*, arXiv:1308.0850 (2013), whose rule has
    both options, in the form of `torch.optim.RMSprop(centered=..., momentum=...)`.
    Libraries differ: Graves, and `optax.rmsprop` by default, put epsilon inside the root; where rounding takes
    s - m² below 0, torch gives NaN and this rule takes 0.
    Shapes: step and each part of the state (s, m, b) have the gradient's shape, whatever it is.

    >>> rule = RMSPropGraves(step_size=0.1, rho=0.5, centered=True)
    >>> step, state = rule.update(4.0, rule.init())
    >>> print(f"{step:.4f}")
    0.2000
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
