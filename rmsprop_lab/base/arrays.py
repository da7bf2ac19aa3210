"""The types of arrays, and the sum over coordinates. The coordinate axis comes first."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
"""A point `(d,)`, a batch of B points `(d, B)`, a mesh `(d, ny, nx)`; or their values, without the first axis."""
Gradient: TypeAlias = Array | Sequence[Array]
"""Partial derivatives: one array `(d, ...)`, or d arrays `(...)`."""
State: TypeAlias = tuple[Array, ...]
"""What an optimizer remembers: arrays of the gradient's shape."""
Bounds: TypeAlias = Any
"""A pair (low, high) for every coordinate, or one such row per coordinate, `(d, 2)`."""
Hyperparameter: TypeAlias = float | Array
"""One number, or one per run, `(B,)`."""


_FEW_ROWS, _FEW_COLUMNS = 4, 4  # where Python's loop is as fast, and where `accumulate` is as fast as `reduce`


def total(terms: Array) -> Array:
    """Sums over the coordinate axis, row by row: `(d, ...)` to `(...)`.

    `terms.sum(axis=0)` adds in an order that depends on the shape: from d = 8 on, a run computed alone and the same
    run in a batch would differ in the last bit.

    >>> total(np.array([[1.0, 2.0], [10.0, 20.0]]))
    array([11., 22.])
    """
    result: Array = terms[0]
    if len(terms) > _FEW_ROWS and type(terms) is np.ndarray and terms.dtype == np.float64 and terms.flags.c_contiguous:
        # The same additions in the same order. `reduce` adds row by row, except where a row is a single number: then
        # in pairs, which `accumulate` never does. It begins with -0.0, as 0.0 would change a sum of negative zeros.
        if terms.size >= _FEW_COLUMNS * len(terms):
            result = np.add.reduce(terms, axis=0, initial=-0.0)
        else:
            result = np.add.accumulate(terms, axis=0)[-1].copy()
        return result
    for i in range(1, len(terms)):
        result = result + terms[i]
    return result
