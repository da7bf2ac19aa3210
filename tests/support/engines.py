"""Both engines on the same descents."""

import dataclasses
from typing import ClassVar

import numpy as np
import pytest

from rmsprop_lab import Trace, descend
from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.descent import compiled

needs_numba = pytest.mark.skipif(not compiled.installed(), reason="needs numba: pip install 'rmsprop-lab[fast]'")
FIELDS = ("points", "values", "gradient_norms", "first_bad")


def assert_same_bits(one: Trace, other: Trace) -> None:
    for field in FIELDS:
        assert np.array_equal(getattr(one, field), getattr(other, field), equal_nan=True), field


def compare(objective: Objective, optimizer: Optimizer, starts: Array, n_iter: int = 40) -> Trace:
    """Both engines, traced and final, equal in every bit."""
    for record in ("trace", "final"):
        reference = descend(objective, optimizer, starts, n_iter, record=record, engine="numpy")
        assert_same_bits(descend(objective, optimizer, starts, n_iter, record=record, engine="numba"), reference)
    return reference


@dataclasses.dataclass(frozen=True, eq=False)
class Differences(Objective):
    dim: int = 2
    bounds: object = (-1.0, 1.0)

    def value(self, point: Array) -> Array:
        return point[0] * point[0] + point[1] * point[1]


@dataclasses.dataclass(frozen=True, eq=False)
class Powers(Differences):
    """Says that it is exact, and is not: compiled code multiplies where NumPy calls `pow`."""

    exact: ClassVar[bool] = True

    def gradient(self, point: Array) -> Array:
        return point**3
