"""How to write an optimizer and an objective.

An optimizer is a frozen dataclass below `Optimizer`. Its fields are its hyperparameters. `init` gives the numbers
that its state starts from; `update` returns the step to subtract from the point, and the new state:

>>> from dataclasses import dataclass
>>> import numpy as np
>>> @dataclass(frozen=True, eq=False)
... class SignMomentum(Optimizer):
...     step_size: Positive
...     momentum: Fraction = 0.9
...
...     def init(self) -> tuple[float, ...]:
...         return (0.0,)
...
...     def update(self, gradient: Array, state: State) -> tuple[Array, State]:
...         (velocity,) = state
...         velocity = self.momentum * velocity + gradient
...         return self.step_size * np.sign(velocity), (velocity,)

An objective is a frozen dataclass below `Objective`, with defaults for `dim` and `bounds`. It gives its `value`, and
states its minimum where that is known. Leave `gradient` out and central differences serve:

>>> @dataclass(frozen=True, eq=False)
... class Valley(Objective):
...     dim: int = 2
...     bounds: Bounds = (-2.0, 2.0)
...     minimum = 0.0
...     minimizers = np.array([[0.0], [0.0]])  # one per column
...
...     def value(self, point: Array) -> Array:
...         x, y = point
...         return x * x + 10.0 * y * y
...
...     def gradient(self, point: Array) -> tuple[Array, Array]:
...         x, y = point
...         return 2.0 * x, 20.0 * y

Arrays have the coordinate axis first: a point is `(d,)`, a batch of B points `(d, B)`, a mesh `(d, ny, nx)`. One
code must serve all three, and give a point the same bits alone and in a batch. So branch with `np.where`, not
`if`; sum over coordinates with `total`; write `x * x`, not `x**2`; do not use `@`.

`rmsprop-lab --config-dir mine task=check objective=valley optimizer=sign_momentum` checks both and says what is
wrong (the README shows the files in `mine`). The same from Python:

>>> from rmsprop_lab.base.contracts import check_objective, check_optimizer
>>> findings = [*check_objective(Valley()), *check_optimizer(SignMomentum(step_size=0.1))]
>>> [finding.wrong for finding in findings if finding.wrong]
[]
"""

from rmsprop_lab.base.arrays import Array, Bounds, Gradient, Hyperparameter, State, total
from rmsprop_lab.base.fields import given_fields, tuned_fields
from rmsprop_lab.base.interval import Count, Epsilon, Flag, Fraction, Interval, NonNegative, Positive
from rmsprop_lab.base.objective import Objective, window_of
from rmsprop_lab.base.optimizer import Optimizer, intervals

__all__ = [
    "Array",
    "Bounds",
    "Count",
    "Epsilon",
    "Flag",
    "Fraction",
    "Gradient",
    "Hyperparameter",
    "Interval",
    "NonNegative",
    "Objective",
    "Optimizer",
    "Positive",
    "State",
    "given_fields",
    "intervals",
    "total",
    "tuned_fields",
    "window_of",
]
