from dataclasses import dataclass

from rmsprop_lab.base import Array, Fraction, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class Nesterov(Optimizer):
    """Nesterov's: v = momentum · v + g; step = step_size · (g + momentum · v), with v starting at 0.

    Source: Nesterov, Soviet Math. Dokl. 27 (1983), with a constant momentum, rewritten by Bengio et al.,
    *Advances in optimizing recurrent networks* (2013), so that the points are those ahead, where g is taken.
    Libraries differ: `torch.optim.SGD(nesterov=True)` and `optax.sgd(nesterov=True)` agree with this;
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
        return self.step_size * (gradient + self.momentum * velocity), (velocity,)
