from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class RMSPropMomentum(Optimizer):
    """RMSProp with momentum: s = rho · s + (1 - rho) · g²; b = momentum · b + g / (epsilon + √s);
    step = step_size · b, with s and b starting at 0.

    Source: the form of `torch.optim.RMSprop(momentum=...)`, after Graves, *Generating sequences with
    recurrent neural networks*, arXiv:1308.0850 (2013), who also centers it.
    Libraries differ: `optax.rmsprop(momentum=...)` and Keras put the step size into b, the same as long as
    it is constant, and optax puts epsilon inside the root by default.
    Shapes: elementwise, any shape; state: the mean square of each partial derivative, and the buffer b.
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
