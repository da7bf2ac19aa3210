"""Student's t and Holm's correction, against SciPy, a second Holm by hand, and statsmodels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from rmsprop_lab.compare import Student, holm

few = settings(max_examples=60, deadline=None)


@few
@given(count=st.integers(2, 12), scale=st.floats(-150, 150), shift=st.floats(-3, 3), seed=st.integers(0, 9999))
def test_mean_interval_and_p_value_are_scipys(count: int, scale: float, shift: float, seed: int) -> None:
    values = (np.random.default_rng(seed).normal(size=(3, count)) + shift) * 10.0**scale
    t = Student.of(values)
    for row, given_row in enumerate(values):
        expected = stats.ttest_1samp(given_row / 10.0**scale, 0.0)  # whose squares would overflow
        interval = expected.confidence_interval(0.9)
        assert t.p_value[row] == pytest.approx(expected.pvalue, rel=1e-9)
        assert t.mean[row] == pytest.approx(given_row.mean(), rel=1e-12)
        ends = [end[row] / 10.0**scale for end in t.interval(0.9)]
        np.testing.assert_allclose(ends, list(interval), rtol=1e-9, atol=1e-9)


def test_missing_values_do_not_count() -> None:
    t = Student.of(np.array([[1.0, np.nan, 2.5, 4.0], [np.nan, 3.0, np.nan, np.nan], [np.nan] * 4]))
    assert t.count.tolist() == [3, 1, 0]
    assert t.p_value[0] == pytest.approx(stats.ttest_1samp([1.0, 2.5, 4.0], 0.0).pvalue)
    assert t.mean[1] == 3.0
    assert np.isnan(t.mean[2])
    assert np.isnan([t.p_value[1:], *(end[1:] for end in t.interval())]).all()


@pytest.mark.parametrize("value", [0.1, -0.3, 1e300])
def test_equal_values_are_sure(value: float) -> None:
    """NumPy's mean of three times 0.1 is not 0.1 to the last bit, and its variance is not 0."""
    t = Student.of(np.full(3, value))
    assert (t.mean, t.error, t.p_value) == (value, 0.0, 0.0)
    assert t.interval() == (value, value)
    assert Student.of(np.zeros(3)).p_value == 1.0


def by_hand(p_values: list[float]) -> list[float]:
    """Holm's correction, step by step."""
    adjusted, highest = [0.0] * len(p_values), 0.0
    for step, index in enumerate(sorted(range(len(p_values)), key=lambda index: p_values[index])):
        highest = max(highest, min(1.0, (len(p_values) - step) * p_values[index]))
        adjusted[index] = highest
    return adjusted


@few
@given(st.lists(st.floats(0, 1), min_size=1, max_size=10), st.integers(0, 3))
def test_holm_is_that_by_hand(p_values: list[float], missing: int) -> None:
    family = np.array([*p_values, *[np.nan] * missing])
    np.testing.assert_allclose(holm(family)[: len(p_values)], by_hand(p_values), rtol=1e-12)
    assert np.isnan(holm(family)[len(p_values) :]).all()
    np.testing.assert_array_equal(holm(np.stack([family, family]))[1], holm(family))


def test_holm_is_that_of_statsmodels() -> None:
    """`multipletests(..., method="holm")` of statsmodels 0.15.0."""
    found = holm(np.array([0.012, 0.001, 0.04, 0.03, 0.5, 0.04]))
    np.testing.assert_allclose(found, [0.06, 0.006, 0.12, 0.12, 0.5, 0.12], rtol=1e-12)
