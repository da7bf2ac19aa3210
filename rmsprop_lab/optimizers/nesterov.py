from dataclasses import dataclass

from rmsprop_lab.base import Array, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class Nesterov(Optimizer):
    """Nesterov's momentum: step = step_size · (g + momentum · v) with v = momentum · v + g.

    g is the gradient; v, the velocity, starts at 0. The points of the descent are Nesterov's look-ahead points,
    at which he takes the gradient.

    Args:
        step_size: Factor on the gradient and the velocity, > 0.
        momentum: Decay rate of the velocity, in [0, 1); constant, where Nesterov's grows.

    Source: Nesterov, *A method of solving a convex programming problem with convergence rate O(1/k²)*, Soviet
    Math. Dokl. 27 (1983), as rewritten by Bengio et al., *Advances in optimizing recurrent networks* (2013).
    Libraries differ: `torch.optim.SGD(nesterov=True)` and `optax.sgd(nesterov=True)` agree with this; Sutskever
    et al. (2013) and Keras multiply g by the step size inside v, which is the same while step_size is constant.
    Shapes: step and v have the gradient's shape, whatever it is.

    >>> Nesterov(step_size=0.5, momentum=0.5).update(1.0, (1.0,))  # with v = 1
    (0.875, (1.5,))
    """

    step_size: Positive
    momentum: Fraction

    exact = True

    def init(self) -> tuple[float]:
        return (0.0,)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        (velocity,) = state
        velocity = self.momentum * velocity + gradient
        return self.step_size * (gradient + self.momentum * velocity), (velocity,)
