"""What an objective and an optimizer are: all that somebody writing one needs to read.

Arrays carry the **coordinate axis first**: a point is `(d,)`, a batch of B points `(d, B)`, a mesh
`(d, ny, nx)`. Code written without branches on values serves all three.
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
