from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class RMSPropMomentum(Optimizer):
    """RMSProp with momentum: step = step_size · b with b = momentum · b + g / (epsilon + √s).

    g is the gradient. s = rho · s + (1 - rho) · g², the decaying mean of squared gradients, and b start at 0.

    Args:
        step_size: Factor on b, > 0.
        rho: Decay rate of s, in [0, 1).
        momentum: Decay rate of b, in [0, 1).
        epsilon: Term that keeps the denominator from 0, > 0; 1e-8 as in torch.

    Source: the form of `torch.optim.RMSprop(momentum=...)`, after Graves, *Generating sequences with recurrent
    neural networks*, arXiv:1308.0850 (2013), whose rule is centered too.
    Libraries differ: `optax.rmsprop(momentum=...)` and Keras multiply by the step size inside b, which is the same
    while step_size is constant; optax puts epsilon inside the root by default.
    Shapes: step, s and b have the gradient's shape, whatever it is.

    >>> rule = RMSPropMomentum(step_size=0.1, rho=0.5, momentum=0.9)
    >>> step, state = rule.update(4.0, (16.0, 1.0))  # with s = 16 and b = 1
    >>> print(f"{step:.4f}")
    0.1900
    """

    step_size: Positive
    rho: Fraction
    momentum: Fraction
    epsilon: Epsilon = 1e-8

    exact = True

    def init(self) -> tuple[float, float]:
        return (0.0, 0.0)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        mean_square, buffer = state
        mean_square = self.rho * mean_square + (1.0 - self.rho) * (gradient * gradient)
        buffer = self.momentum * buffer + gradient / (self.epsilon + np.sqrt(mean_square))
        return self.step_size * buffer, (mean_square, buffer)
