from dataclasses import dataclass

from rmsprop_lab.base import Array, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class Momentum(Optimizer):
    """Gradient descent with momentum, the heavy ball: step = step_size · v with v = momentum · v + g.

    g is the gradient; v, the velocity, starts at 0. While the gradient stays the same, the steps grow to
    1 / (1 - momentum) times those of gradient descent.

    Args:
        step_size: Factor on the velocity, > 0.
        momentum: Decay rate of the velocity, in [0, 1).

    Source: Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Comput. Math.
    Math. Phys. 4 (1964).
    Libraries differ: `torch.optim.SGD(momentum=...)` without dampening and `optax.sgd` agree with this; Sutskever
    et al. (2013) and Keras multiply g by the step size inside v, which is the same while step_size is constant.
    Shapes: step and v have the gradient's shape, whatever it is.

    >>> Momentum(step_size=0.5, momentum=0.5).update(1.0, (1.0,))  # with v = 1
    (0.75, (1.5,))
    """

    step_size: Positive
    momentum: Fraction

    exact = True

    def init(self) -> tuple[float]:
        return (0.0,)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        (velocity,) = state
        velocity = self.momentum * velocity + gradient
        return self.step_size * velocity, (velocity,)
