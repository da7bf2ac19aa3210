"""Whether a program computes what its function does."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.translate.program import Program

_CLOSE = 1e-9  # of the largest result: sines and the like may differ in the last bit, and that may be amplified


def agrees(program: Program, function: Callable[..., list[Any]], inputs: Mapping[str, Array]) -> bool:
    """Whether a program computes a function's results: the same bits if it is exact, else nearly the same numbers.

    Args:
        program: The program.
        function: Takes the inputs one by one, gives the results in the order of the program's outputs.
        inputs: Arrays `(B,)` by the names of the program's inputs.
    """
    with np.errstate(all="ignore"):
        expected = [np.asarray(result, np.float64) for result in function(*(inputs[name] for name in program.inputs))]
    found = [np.asarray(result, np.float64) for result in program(inputs)]
    return len(found) == len(expected) and all(
        _same(one, np.broadcast_to(other, one.shape), program.exact) for one, other in zip(found, expected, strict=True)
    )


def _same(one: Array, other: Array, exact: bool) -> bool:
    if exact:
        return np.array_equal(one, other, equal_nan=True)
    finite = np.abs(other[np.isfinite(other)])
    return np.allclose(one, other, rtol=_CLOSE, atol=_CLOSE * finite.max(initial=0.0), equal_nan=True)
