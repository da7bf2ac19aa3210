"""Numbers to six significant digits: noise of a machine does not count, any other difference does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rmsprop_lab.plan.significant import rounded_digest


def same(first: object, second: object) -> bool:
    return rounded_digest(np.array(first, float)) == rounded_digest(np.array(second, float))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([0.0], [-0.0]),
        ([1.0, 1e-12], [1.0, -1e-13]),
        ([1.0, 1e-6], [np.nextafter(1.0, 0), 1e-6 + 1e-16]),
        ([1000.0, 0.3], [np.nextafter(1000.0, 0), 0.1 + 0.2]),
        ([np.nan, 1.0], [-np.nan, 1.0]),
        (3.5, 3.5000000001),
        ([], []),
        ([5e-324], [0.0]),
    ],
)
def test_noise_does_not_count(first: object, second: object) -> None:
    assert same(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([1.0], [1.00001]),
        ([1.0, 1e-6], [1.0, 1.1e-6]),
        ([1.0], [-1.0]),
        ([1.0], [10.0]),
        ([1.0], [[1.0]]),
        ([np.inf], [-np.inf]),
        ([np.inf], [np.nan]),
        ([np.inf, 1.0], [np.inf, 2.0]),
        ([1e-20], [2e-20]),
        ([1.7e308], [1.6e308]),
        ([0.0], [np.nan]),
    ],
)
def test_other_differences_count(first: object, second: object) -> None:
    assert not same(first, second)


@given(arrays(float, 5, elements=st.integers(-999_999, 999_999).map(float)), st.integers(-250, 250))
def test_numbers_of_six_digits_are_the_same_with_an_error_in_the_last_bit(numbers: np.ndarray, power: int) -> None:
    exact = numbers * float(f"1e{power}")
    assert same(exact, np.nextafter(exact, np.inf))
    assert same(exact, np.nextafter(exact, -np.inf))
