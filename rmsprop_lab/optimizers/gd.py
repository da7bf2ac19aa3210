from dataclasses import dataclass

from rmsprop_lab.base import Array, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class GD(Optimizer):
    """Plain gradient descent: step = step_size · g.

    Source: Cauchy (1847). The same as `torch.optim.SGD` and `optax.sgd` without momentum.
    Shapes: elementwise, any shape; no state.
    """

    step_size: Positive

    exact = True

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * gradient, state
