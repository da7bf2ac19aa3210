"""Checks of numbers and folders at their ends."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rmsprop_lab.base.checks import integer, is_finite, local_folder, real, real_array
from rmsprop_lab.errors import InputError


@pytest.mark.parametrize("value", [1, 1.5, -0.0, 5e-324, 1e308, Fraction(1, 3), np.float32(1.5), np.int64(3)])
def test_finite_numbers(value: Any) -> None:
    assert is_finite(value)
    assert type(real(value, "key")) is float


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400, True, "1", None, 1j, [1.0], np.True_])
def test_no_finite_numbers(value: Any) -> None:
    assert not is_finite(value)
    with pytest.raises(InputError, match="key: expected a finite number, found "):
        real(value, "key")


@pytest.mark.parametrize("value", [2**63, 10**400, -1, 1.0, True, "1", None])
def test_integers_fit_a_column(value: Any) -> None:
    with pytest.raises(InputError, match="key: expected an integer"):
        integer(value, "key", 0)


@pytest.mark.parametrize(
    "values", [[["1", 2]], [[True, 2]], [10**400], [[1], [1, 2]], np.array(["1"]), np.array(["1"], object), None, "1"]
)
def test_what_numpy_would_take_for_numbers(values: Any) -> None:
    assert real_array(values) is None


def test_a_home_is_expanded_in_one_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert local_folder("~/x") == local_folder(Path("~/x")) == tmp_path / "x"


@pytest.mark.parametrize("path", ["s3://b/x", "gs://b", "file:///x", "dbfs:/x", "", None, 3, "a\0b", "a?b", "\udcff"])
def test_what_is_no_folder_of_this_machine(path: Any) -> None:
    with pytest.raises(InputError, match="output_dir: expected"):
        local_folder(path)


def test_an_integer_that_python_cannot_write() -> None:
    for check in (lambda: real(10**5000, "key"), lambda: integer(10**5000, "key", 0)):
        with pytest.raises(InputError, match="found an integer of 5001 digits"):
            check()
