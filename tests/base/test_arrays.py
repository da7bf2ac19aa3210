"""Sums whose bits do not depend on the company."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmsprop_lab.base import total

SPECIAL = [np.nan, np.inf, -np.inf, -0.0, 0.0, 5e-324, 1.7e308, -1.7e308]
LAYOUTS = {
    "rows": lambda terms: terms,
    "columns": np.asfortranarray,
    "every other row": lambda terms: np.repeat(terms, 2, axis=0)[::2],
    "every other column": lambda terms: np.repeat(terms, 2, axis=1)[:, ::2],
    "upside down": lambda terms: terms[::-1],
    "one point": lambda terms: terms[:, 0],
    "a mesh": lambda terms: terms.reshape(*terms.shape, 1),
    "another mesh": lambda terms: terms.reshape(len(terms), 1, -1),
    "tuple": tuple,
    "list": list,
}


def row_by_row(terms: Any) -> Any:
    result = terms[0]
    for i in range(1, len(terms)):
        result = result + terms[i]
    return result


def numbers(dim: int, width: int, kind: str) -> np.ndarray:
    rng = np.random.default_rng([dim, width])
    terms = rng.normal(size=(dim, width)) * 10.0 ** rng.integers(-12, 12, (dim, width))
    if kind == "special":
        return np.where(rng.random((dim, width)) < 3.0 / dim, rng.choice(SPECIAL, (dim, width)), terms)
    return np.full((dim, width), -0.0) if kind == "negative zeros" else terms


def assert_same_bits(found: Any, expected: Any) -> None:
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected, equal_nan=True)
    there = ~np.isnan(expected)  # which of two NaNs a sum keeps depends on the width in the row-by-row rule, too
    assert np.array_equal(np.signbit(found[there]), np.signbit(expected[there]))


def test_total_adds_row_by_row_whatever_the_width() -> None:
    terms = np.random.default_rng(0).normal(size=(33, 7)) * np.logspace(0, 12, 33)[:, None]
    wide = total(terms)
    for j in range(7):
        assert total(np.ascontiguousarray(terms[:, j : j + 1]))[0] == wide[j]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["numbers", "special", "negative zeros"])
@settings(max_examples=60, deadline=None)
@given(dim=st.integers(1, 300) | st.sampled_from([1023, 1024, 8193, 20_000]), width=st.integers(1, 40))
def test_total_has_the_bits_of_additions_row_by_row(kind: str, layout: str, dim: int, width: int) -> None:
    terms = LAYOUTS[layout](numbers(dim, width if dim <= 300 else width % 9 + 1, kind))
    with np.errstate(all="ignore"):
        assert_same_bits(total(terms), row_by_row(terms))


@pytest.mark.parametrize("dtype", [np.float32, np.int64, ">f8", object])
@pytest.mark.parametrize("width", [1, 6])
def test_total_adds_numbers_of_other_types_as_they_are(dtype: Any, width: int) -> None:
    terms = np.arange(20 * width).reshape(20, width).astype(dtype)
    found, expected = total(terms), row_by_row(terms)
    assert found.dtype == expected.dtype
    assert found.tolist() == expected.tolist()


class Counted(np.ndarray):
    """Knows a sum of two arrays and nothing else."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        assert (ufunc, method, len(inputs), options) == (np.add, "__call__", 2, {})
        return np.add(*(np.asarray(each) for each in inputs)).view(Counted)

    def __array_function__(self, *arguments: Any) -> Any:
        raise AssertionError("total calls no function")


@pytest.mark.parametrize("width", [1, 6])
def test_total_adds_arrays_of_other_classes_by_their_own_sum(width: int) -> None:
    terms = numbers(50, width, "numbers")
    found = total(terms.view(Counted))
    assert type(found) is Counted
    assert_same_bits(found.view(np.ndarray), row_by_row(terms))


@pytest.mark.parametrize("shape", [(20,), (20, 1), (20, 6), (20, 2, 3)])
def test_total_returns_an_array_of_its_own(shape: tuple[int, ...]) -> None:
    terms = np.ones(shape)
    found = total(terms)
    assert np.ndim(found) == 0 or (found.base is None and not np.shares_memory(found, terms))
    assert isinstance(found, np.float64 if len(shape) == 1 else np.ndarray)


def test_total_of_no_rows_raises_and_of_no_columns_is_empty() -> None:
    with pytest.raises(IndexError):
        total(np.empty((0, 3)))
    assert total(np.empty((20, 0))).shape == (0,)
