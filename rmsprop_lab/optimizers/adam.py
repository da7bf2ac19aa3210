from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class Adam(Optimizer):
    """Adam: m = beta1 · m + (1 - beta1) · g; s = beta2 · s + (1 - beta2) · g², with m and s starting at 0;
    step = step_size · m / (1 - beta1ᵗ) / (epsilon + √(s / (1 - beta2ᵗ))) in iteration t = 1, 2, ...

    Source: Kingma & Ba, *Adam: a method for stochastic optimization*, ICLR (2015), algorithm 1.
    Libraries differ: `torch.optim.Adam` and `optax.adam` agree with this (epsilon outside the root);
    Keras adds epsilon to √s before the correction, as at the end of the paper's section 2.
    Shapes: elementwise, any shape; state: both means of each partial derivative, beta1ᵗ and beta2ᵗ.
    """

    step_size: Positive
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Epsilon = 1e-8

    exact = True

    def init(self) -> tuple[float, float, float, float]:
        return (0.0, 0.0, 1.0, 1.0)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        mean, mean_square, power1, power2 = state
        mean = self.beta1 * mean + (1.0 - self.beta1) * gradient
        mean_square = self.beta2 * mean_square + (1.0 - self.beta2) * (gradient * gradient)
        power1, power2 = self.beta1 * power1, self.beta2 * power2
        scale = self.epsilon + np.sqrt(mean_square / (1.0 - power2))
        return self.step_size / (1.0 - power1) * mean / scale, (mean, mean_square, power1, power2)
