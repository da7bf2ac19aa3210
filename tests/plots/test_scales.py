"""Axes on every scale."""

from typing import Any

import numpy as np
import pytest

from rmsprop_lab.plan.space import Range
from rmsprop_lab.plots.scales import positions, ticks


@pytest.mark.parametrize(
    ("low", "high", "scale", "expected"),
    [
        (1e-4, 1.0, "log", [1e-4, 1e-3, 1e-2, 0.1, 1.0]),
        (0.9, 0.999, "log_complement", [0.9, 0.99, 0.999]),
        (0.0, 1.0, "linear", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    ],
)
def test_a_dense_map_is_labelled_with_round_numbers(low: float, high: float, scale: str, expected: list[float]) -> None:
    grid = np.array(Range(low, high, scale).with_points(512).grid())  # type: ignore[arg-type]
    np.testing.assert_allclose(ticks(grid, scale), expected)
    few = np.array(Range(low, high, scale).with_points(3).grid())  # type: ignore[arg-type]
    np.testing.assert_array_equal(ticks(few, scale), few)


SCALES = ("linear", "log", "log_complement")


@pytest.mark.parametrize("scale", SCALES)
def test_larger_numbers_stand_higher_on_every_scale(scale: Any) -> None:
    low, middle, high = positions([0.1, 0.5, 0.9], scale)
    assert low < middle < high
    assert np.isnan(positions([np.nan], scale)).all()
