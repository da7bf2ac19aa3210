"""Arrays with the coordinate axis first: a point `(d,)`, a batch of B points `(d, B)`, a mesh `(d, ny, nx)`."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Gradient: TypeAlias = Array | Sequence[Array]
State: TypeAlias = tuple[Array, ...]
Bounds: TypeAlias = Any  # a pair (low, high) for every dimension, or one such row per dimension
Hyperparameter: TypeAlias = float | Array  # one number, or one per run, shape (B,)


def total(terms: Array) -> Array:
    """Sum over the coordinate axis: `(d, ...)` to `(...)`, adding row by row.

    `terms.sum(axis=0)` adds in an order that depends on the shape: a run computed alone and the same run
    in a batch would differ in the last bit from d = 8 on.
    """
    result: Array = terms[0]
    for i in range(1, len(terms)):
        result = result + terms[i]
    return result
