from dataclasses import dataclass

from rmsprop_lab.base import Array, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class Momentum(Optimizer):
    """The heavy ball: v = momentum · v + g; step = step_size · v, with v starting at 0.

    Source: Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Comput. Math.
    Math. Phys. 4 (1964).
    Libraries differ: `torch.optim.SGD(momentum=...)` without dampening and `optax.sgd` agree with this;
    Sutskever et al. (2013) and Keras put the step size into v, the same as long as it is constant.
    Shapes: elementwise, any shape; state: the velocity along each coordinate.
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
