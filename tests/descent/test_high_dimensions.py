"""In high dimensions NumPy computes what it computes row by row, one descent at a time: the same bits."""

import sys
from typing import Any

import numpy as np
import pytest
from support.catalogue import OBJECTIVES
from support.points import starts_on

from rmsprop_lab import Trace, descend
from rmsprop_lab.base import Array, Objective
from rmsprop_lab.descent import batches, reference
from rmsprop_lab.objectives import Bowl, Rosenbrock
from rmsprop_lab.optimizers import GD, Adam, RMSProp
from rmsprop_lab.wrappers import Noisy

NAMES = ("Bowl", "DixonPrice", "Ellipsoid", "Rosenbrock", "StyblinskiTang", "Zakharov")
SIZES = [(2, 40), (9, 13), (300, 30), (1500, 11), (9000, 10)]
RULES = {
    "rmsprop": lambda width: RMSProp(np.geomspace(1e-4, 1.0, width), 0.9),
    "diverging": lambda width: GD(np.geomspace(1e-6, 1e200, width)),
}


def row_by_row(terms: Any) -> Any:
    result = terms[0]
    for i in range(1, len(terms)):
        result = result + terms[i]
    return result


def plain(monkeypatch: pytest.MonkeyPatch, objective: Objective) -> None:
    """Chunks of one descent, and sums as Python's loop adds them."""
    monkeypatch.setattr(reference, "_width", lambda dim: 1)
    for module in (reference, sys.modules[type(objective).__module__]):
        monkeypatch.setattr(module, "total", row_by_row)


def with_odd_starts(objective: Objective, width: int) -> Array:
    starts = starts_on(objective, width)
    starts[:, 1], starts[:, 2] = -0.0, 0.0
    starts[0, 3], starts[-1, 4], starts[-1, 5], starts[:, 6] = np.nan, np.inf, -np.inf, 1e154
    return starts


def assert_same_bits(found: Trace, expected: Trace) -> None:
    assert np.array_equal(found.first_bad, expected.first_bad)
    for name in ("points", "values", "gradient_norms"):
        one, other = getattr(found, name), getattr(expected, name)
        assert np.array_equal(one, other, equal_nan=True), name
        assert np.array_equal(np.signbit(one)[~np.isnan(one)], np.signbit(other)[~np.isnan(one)]), name


@pytest.mark.slow
@pytest.mark.parametrize("record", ["trace", "final"])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("dim", "width"), SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_numpy_has_the_bits_of_sums_row_by_row(
    name: str, dim: int, width: int, rule: str, record: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    objective = OBJECTIVES[name](dim=dim)
    given = objective, RULES[rule](width), with_odd_starts(objective, width), 6
    found = descend(*given, record=record, engine="numpy")
    plain(monkeypatch, objective)
    assert_same_bits(found, descend(*given, record=record, engine="numpy"))
    assert found.diverged.any()
    assert not found.diverged.all()


@pytest.mark.parametrize("dim", [1000, 10_000])
@pytest.mark.parametrize("width", [1, 2, 7, 8, 9, 17])
def test_a_batch_of_any_width_equals_its_runs(dim: int, width: int) -> None:
    starts = with_odd_starts(Rosenbrock(dim=dim), 17)
    whole = descend(Rosenbrock(dim=dim), Adam(0.1), starts, 4, engine="numpy")
    part = descend(Rosenbrock(dim=dim), Adam(0.1), starts[:, :width], 4, engine="numpy")
    assert_same_bits(part, whole.part(slice(0, width)))


@pytest.mark.parametrize("dim", [1500, 20_000])
def test_the_final_record_marks_what_the_trace_marks_where_only_the_norm_overflows(dim: int) -> None:
    size = 1.2 * np.sqrt(np.finfo(np.float64).max / (4.0 * dim))  # of a coordinate: no piece of the sum need overflow
    starts = np.stack([np.full(dim, size), np.full(dim, 0.8 * size), np.ones(dim)], axis=1)
    for record in ("trace", "final"):
        found = descend(Bowl(dim=dim), GD(0.3), np.repeat(starts, 4, axis=1), 3, record=record, engine="numpy")
        assert found.first_bad.tolist() == [0] * 4 + [-1] * 8


def test_chunks_are_a_few_descents_wide_and_not_above_what_one_descent_may_take() -> None:
    widths = {dim: reference._width(dim) for dim in (1, 2, 1000, 1024, 10_000, 131_072, 500_000, 1_000_000)}
    assert widths == {1: 8192, 2: 4096, 1000: 8, 1024: 8, 10_000: 8, 131_072: 8, 500_000: 2, 1_000_000: 1}


def test_noise_is_the_same_however_few_vectors_fit_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    objective = Noisy(Bowl(dim=30), sigma=0.1)
    given = objective, GD(0.1), starts_on(objective, 5), 20
    whole = descend(*given)
    for most in (1, 30 * 5 * 3):
        monkeypatch.setattr(batches, "_MOST_DRAWN", most)
        assert_same_bits(descend(*given), whole)
