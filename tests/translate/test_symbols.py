"""What NumPy code does to symbols becomes a program that computes the same; anything else is named."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rmsprop_lab.base import total
from rmsprop_lab.translate import Program, Untranslatable, to_python
from rmsprop_lab.translate.operations import OPERATIONS, SAME
from rmsprop_lab.translate.symbols import MOST_LINES, Tape, listed

NUMBERS = np.array(
    [0.0, -0.0, 1.5, -2.25, 5e-324, -1e-310, 1e308, -1e308, np.inf, -np.inf, np.nan, 0.3, -0.7, 1.0, 2.0]
)


def program_of(function: Callable[[Any], Any], count: int = 2) -> Program:
    """The program of a function of `count` numbers."""
    tape, names = Tape(), [f"x{i}" for i in range(count)]
    found = function(tape.symbols(names))
    return tape.program(names, listed(found, np.size(found), "it"))


def as_python(program: Program) -> Callable[..., list[float]]:
    """The Python of a program, as a function of single numbers."""
    lines, outputs = to_python(program)
    body = "\n ".join([*lines, f"return [{', '.join(outputs)}]"])
    scope: dict[str, Any] = {"np": np}
    exec(f"def run({', '.join(program.inputs)}):\n {body}", scope)
    return scope["run"]


def same(one: Any, other: Any) -> bool:
    """Equal, with NaN equal to NaN and -0 not equal to 0."""
    a, b = np.asarray(one, float), np.asarray(other, float)
    return np.array_equal(a, b, equal_nan=True) and np.array_equal(np.signbit(a[a == 0]), np.signbit(b[b == 0]))


def operands(name: str) -> int:
    return 3 if name == "where" else getattr(np, name).nin


NAMES = sorted({*OPERATIONS, *SAME})


@pytest.mark.parametrize("name", NAMES)
def test_each_operation_is_numpys(name: str) -> None:
    count, operation = operands(name), SAME.get(name, name)
    logical = operation in ("bitwise_and", "bitwise_or", "logical_and", "logical_or", "logical_not")
    wrap = (lambda x: x > 0) if logical or operation == "where" else lambda x: x

    def function(x: Any) -> Any:
        given = [wrap(x[i]) if logical or i == 0 else x[i] for i in range(count)]
        return np.where(getattr(np, name)(*given), 1.0, 0.0) if logical else getattr(np, name)(*given)

    program = program_of(function, count)
    grid = np.stack(np.meshgrid(*[NUMBERS] * count)).reshape(count, -1)
    with np.errstate(all="ignore"):
        expected = np.asarray(function(grid), float)
        (found,) = program(dict(zip(program.inputs, grid, strict=True)))
        assert same(found, expected)
        one_by_one = [as_python(program)(*column)[0] for column in grid.T]
    if operation in ("maximum", "minimum"):  # of 0 and -0, NumPy itself gives either
        assert np.array_equal(np.asarray(one_by_one, float), expected, equal_nan=True)
    elif OPERATIONS[operation].exact:
        assert same(one_by_one, expected)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "slices and in-place": lambda x: _in_place(x),
    "a list of parts": lambda x: [x[0] * 2.0, 3.0 - x[1]],
    "total": lambda x: total(x * x),
    "stack, roll and flip": lambda x: np.flip(np.roll(np.stack([x[0], x[1], x[0] / 3.0]), 1)),
    "outer": lambda x: np.multiply.outer(np.array([1.5, -2.0]), x),
    "clip": lambda x: np.clip(x, -0.5, 1.25),
    "powers": lambda x: x**2 + x**1 - 1.0 / (2.0 + np.square(x)) + np.abs(x) ** 0.5 + np.abs(1.0 + x * x) ** -1,
    "where of comparisons": lambda x: np.where((x > 0) & (x <= 1.0) | ~(x < 2), x, -x),
    "transposed": lambda x: (np.array([3.0, 7.0]) * x.T).T,
    "comparison as a number": lambda x: (x > 0) * x,
    "constants": lambda x: np.zeros_like(x) + np.ones_like(x) * 0.1 - np.full_like(x, 3.0),
    "a method of a copy": lambda x: x.copy().reshape(-1)[::-1] + 0.0,
    "a loop": lambda x: sum(((k + 1.0) * xi for k, xi in enumerate(x)), 0.0),
}


def _in_place(x: Any) -> Any:
    result = np.zeros_like(x)
    result[:1] = x[:-1] * x[1:]
    result[1:] += 200.0 * x[1:]
    result *= 0.5
    result[0] -= x[1]
    return result


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_code_of_many_kinds_is_translated(function: Callable[[Any], Any]) -> None:
    program = program_of(function)
    grid = np.stack(np.meshgrid(NUMBERS[2:4], np.array([0.3, -0.7, 1e-3]))).reshape(2, -1)
    for column in grid.T:
        expected = np.asarray(function(column[:, np.newaxis]), float).reshape(-1)
        assert same(np.asarray(as_python(program)(*column), float), expected)


UNKNOWN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "branch": (lambda x: x if x[0] > 0 else -x, "a branch on a number"),
    "sum": (lambda x: x.sum(axis=0), r"np.add.reduce.*use total"),
    "np.sum": (lambda x: np.sum(x), r"np.sum; use total"),
    "norm": (lambda x: np.linalg.norm(x), "np.linalg.norm; use total"),
    "dot": (lambda x: np.dot(x, x), "np.dot"),
    "plain array": (lambda x: _into_plain(x), "np.zeros_like"),
    "float": (lambda x: float(x[0]), "a plain number"),
    "index": (lambda x: [1.0, 2.0][x[0]], "a plain number"),
    "random": (lambda x: np.random.default_rng(0).normal(x[0]), "a plain number"),
    "remainder": (lambda x: x % 2.0, "np.remainder"),
    "options": (lambda x: np.add(x, 1.0, where=np.array([True, False])), "np.add with where"),
    "sort": (lambda x: np.sort(x), "np.sort"),
    "any": (lambda x: np.any(x > 0), "np.any"),
}


def _into_plain(x: Any) -> Any:
    result = np.zeros(2)
    result[0] = x[0]
    return result


@pytest.mark.parametrize(("function", "reason"), UNKNOWN.values(), ids=list(UNKNOWN))
def test_what_it_does_not_know_is_named(function: Callable[[Any], Any], reason: str) -> None:
    with pytest.raises(Untranslatable, match=reason):
        program_of(function)


def test_the_same_operation_is_one_line_and_what_nobody_needs_is_none() -> None:
    program = program_of(lambda x: [x[0] * x[1], x[0] * x[1]])
    assert len(program.lines) == 1

    def wasteful(x: Any) -> Any:
        np.sin(x)
        return x[0] + 1.0

    assert program_of(wasteful).exact


def test_programs_that_differ_in_the_sign_of_a_zero_are_not_equal() -> None:
    one, same_as_one, other = (program_of(lambda x, zero=zero: x * zero) for zero in (0.0, 0.0, -0.0))
    assert one == same_as_one
    assert hash(one) == hash(same_as_one)
    assert one != other


def test_a_program_has_a_limit() -> None:
    def endless(x: Any) -> Any:
        for k in range(MOST_LINES):
            x = x + 1.0 / (k + 1.0)
        return x

    with pytest.raises(Untranslatable, match=f"more than {MOST_LINES:,} operations"):
        program_of(endless)


@pytest.mark.parametrize("value", [0.1, -0.0, 5e-324, 1e300, -1.5, np.inf, -np.inf, np.nan, 2.0])
def test_numbers_are_written_to_the_last_bit(value: float) -> None:
    program = program_of(lambda x: [np.where(x[0] > 0, value, 1.0)])
    assert same(as_python(program)(1.0, 0.0), [value])
