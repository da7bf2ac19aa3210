"""Ranges and grids over them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rmsprop_lab.errors import InputError
from rmsprop_lab.plan.space import Range, grid_points, grid_size, range_from


def test_grids_on_each_scale_are_the_numbers_a_person_would_write() -> None:
    assert Range(1e-4, 1.0, "log", 5).grid() == [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    assert Range(0.9, 0.999, "log_complement", 3).grid() == [0.9, 0.99, 0.999]
    assert Range(0.0, 1.0, "linear", 5).grid() == [0, 0.25, 0.5, 0.75, 1]
    assert Range(values=(0.5, 0.1, 0.5)).grid() == [0.5, 0.1]
    assert Range(0.3, 0.3, "log", 1).grid() == [0.3]


@given(low=st.floats(1e-6, 0.5), width=st.floats(1.1, 1e3), points=st.integers(2, 40))
def test_a_grid_keeps_its_ends_and_rises(low: float, width: float, points: int) -> None:
    span = Range(low, low * width, "log", points)
    grid = span.grid()
    assert len(grid) == len(span) == points
    assert (grid[0], grid[-1]) == (low, low * width)
    assert (np.diff(grid) > 0).all()


def test_other_numbers_of_points_and_positions() -> None:
    assert Range(1e-4, 1.0, "log", 5).with_points(3).grid() == [1e-4, 1e-2, 1.0]
    assert Range(values=(0.1, 0.2)).with_points(9).grid() == [0.1, 0.2]
    one_of_two = [Range(values=(0.1, 0.2)).at(position) for position in (0.0, 0.49, 0.5, 1.0)]
    assert one_of_two == [0.1, 0.1, 0.2, 0.2]
    assert Range(0.9, 0.999, "log_complement", 2).at(0.5) == 0.99


def test_a_grid_is_the_product_with_the_last_varying_fastest() -> None:
    space = {"a": Range(values=(1.0, 2.0)), "b": Range(values=(3.0, 4.0))}
    assert list(grid_points(space)) == [{"a": a, "b": b} for a in (1.0, 2.0) for b in (3.0, 4.0)]
    assert list(grid_points({})) == [{}]


def test_a_huge_grid_is_counted_without_being_made() -> None:
    assert grid_size({"a": Range(0.0, 1.0, "linear", 10**9), "b": Range(0.1, 0.2, "linear", 10**6)}) == 10**15


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        ({"low": 1.0, "high": 0.1, "points": 3}, "low"),
        ({"low": 0.0, "high": 1.0, "scale": "log", "points": 3}, "low"),
        ({"low": 0.5, "high": 1.0, "scale": "log_complement", "points": 3}, "high"),
        ({"low": 0.1, "high": 1.0, "points": 0}, "points"),
        ({"low": 0.1, "high": 1.0, "points": 2.5}, "points"),
        ({"low": 0.1, "high": 1.0, "scale": "lgo", "points": 2}, "scale"),
        ({"low": 0.1, "points": 2}, "high"),
        ({"low": "a", "high": 1.0, "points": 2}, "low"),
        ({"values": []}, "values"),
        ({"values": [0.1, float("inf")]}, "values"),
        ({"values": 3}, "values"),
        ({"lo": 0.1, "high": 1.0}, "lo"),
        ({}, "values"),
        ({"values": None}, "values"),
    ],
)
def test_bad_ranges_are_refused(spec: dict, key: str) -> None:
    with pytest.raises(InputError) as error:
        range_from(spec)
    assert error.value.key == key
