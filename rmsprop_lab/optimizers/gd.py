from dataclasses import dataclass

from rmsprop_lab.base import Array, Optimizer, Positive, State


@dataclass(frozen=True, eq=False)
class GD(Optimizer):
    """Gradient descent: step = step_size · g, with g the gradient.

    Args:
        step_size: Factor on the gradient, > 0.

    Source: Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, Comptes rendus 25
    (1847). `torch.optim.SGD` and `optax.sgd` without momentum are the same.
    Shapes: the step has the gradient's shape, whatever it is. No state.

    >>> GD(step_size=0.5).update(3.0, ())
    (1.5, ())
    """

    step_size: Positive

    exact = True

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * gradient, state
