from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Epsilon, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class Adam(Optimizer):
    """Adam: step = step_size · m̂ / (epsilon + √ŝ), with bias-corrected means m̂ of g and ŝ of g².

    g is the gradient. m = beta1 · m + (1 - beta1) · g and s = beta2 · s + (1 - beta2) · g² start at 0; in iteration
    t = 1, 2, ... they are corrected to m̂ = m / (1 - beta1ᵗ) and ŝ = s / (1 - beta2ᵗ).

    Args:
        step_size: Factor on every step, > 0; the length of the first step along each coordinate.
        beta1: Decay rate of m, in [0, 1); 0.9 as in the paper.
        beta2: Decay rate of s, in [0, 1); 0.999 as in the paper.
        epsilon: Term that keeps the denominator from 0, > 0; 1e-8 as in the paper.

    Source: Kingma & Ba, *Adam: a method for stochastic optimization*, ICLR (2015), algorithm 1.
    Libraries differ: `torch.optim.Adam` and `optax.adam` agree with this (epsilon outside the root); Keras adds
    epsilon to √s before the correction, as at the end of the paper's section 2.
    Shapes: step and each part of the state (m, s, beta1ᵗ, beta2ᵗ) have the gradient's shape, whatever it is.

    >>> rule = Adam(step_size=0.1)
    >>> step, state = rule.update(4.0, rule.init())
    >>> print(f"{step:.4f}")
    0.1000
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
