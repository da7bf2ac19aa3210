"""Symbols in place of numbers: NumPy code that is run on them writes down what it does."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from rmsprop_lab.translate.operations import OPERATIONS, SAME
from rmsprop_lab.translate.program import Line, Operand, Program

MOST_LINES = 4000
"""Lines of a program; where a function has more, for its many coordinates, arrays are as fast."""

_MOVING = {
    *(
        np.concatenate,
        np.stack,
        np.vstack,
        np.hstack,
        np.column_stack,
        np.append,
        np.roll,
        np.flip,
        np.reshape,
        np.ravel,
    ),
    *(np.transpose, np.expand_dims, np.squeeze, np.broadcast_to, np.broadcast_arrays, np.atleast_1d, np.copy, np.take),
    *(np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.shape, np.ndim, np.size),
}
"""Functions that move numbers about, or ask for shapes, and compute nothing."""


class Untranslatable(Exception):
    """The construct that cannot be translated; the message names it."""


class Tape:
    """Lines in the order in which they are recorded; the same operation on the same operands is one line."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._seen: dict[Any, int] = {}

    def symbols(self, names: Iterable[str]) -> "Symbols":
        """Inputs `(n,)` by their names."""
        return _block([Symbol(self, name) for name in names])

    def record(self, operation: str, operands: tuple[Operand, ...]) -> "Symbol":
        """The result of an operation."""
        key = (operation, *(operand.hex() if isinstance(operand, float) else operand for operand in operands))
        if key not in self._seen:
            if len(self.lines) >= MOST_LINES:
                raise Untranslatable(f"more than {MOST_LINES:,} operations")
            self._seen[key] = len(self.lines)
            self.lines.append(Line(operation, operands))
        return Symbol(self, self._seen[key])

    def program(self, inputs: Iterable[str], outputs: Iterable["Symbol | float"]) -> Program:
        """The program that computes the outputs."""
        found = tuple(_operand(output) for output in outputs)
        return Program(tuple(inputs), tuple(self.lines), found).only(found)


MIXES = "one coordinate is told from another: a rule that is translated sees one at a time"
_SUMS = (np.sum, np.mean, np.prod, np.linalg.norm, np.dot, np.max, np.min)


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """One number of a program: an input, or the result of a line."""

    __slots__ = ("operand", "tape")

    def __init__(self, tape: Tape, operand: Operand) -> None:
        self.tape, self.operand = tape, operand

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return _ufunc(ufunc, method, inputs, **options)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        return _function(function, arguments, options)

    def __getattr__(self, name: str) -> Any:
        # np.sqrt and the like call the method of this name on each element of an array of objects
        if SAME.get(name, name) in OPERATIONS:
            return lambda *others: getattr(np, name)(self, *others)
        raise AttributeError(name)

    def __bool__(self) -> bool:
        raise Untranslatable("a branch on a number that is not known before; np.where(condition, a, b) has none")

    def __float__(self) -> float:
        change = "write np.exp for math.exp, and np.zeros_like(point) for np.zeros"
        raise Untranslatable(f"a plain number made of one that is not known before; {change}")

    __int__ = __index__ = __float__
    __hash__ = object.__hash__

    def __copy__(self) -> "Symbol":
        return self

    def __deepcopy__(self, memo: Any) -> "Symbol":
        return self


def _replaced(name: str) -> Any:
    return lambda self, other: getattr(np, name)(self, other)


for _name, _ufunc_name in {"iadd": "add", "isub": "subtract", "imul": "multiply", "itruediv": "divide"}.items():
    setattr(Symbol, f"__{_name}__", _replaced(_ufunc_name))  # a number is replaced, not changed


class Symbols(np.ndarray[Any, np.dtype[np.object_]]):
    """An array of symbols and plain numbers."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return _ufunc(ufunc, method, inputs, **options)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        return _function(function, arguments, options)


def listed(values: Any, count: int, what: str) -> list[Symbol | float]:
    """`count` symbols or numbers from what a function gave, of any shape.

    Raises:
        Untranslatable: There are not as many.
    """
    flat = list(np.ravel(_raw(values) if isinstance(values, Symbol | np.ndarray) else np.asarray(values, dtype=object)))
    if len(flat) != count:
        raise Untranslatable(f"{what} has {len(flat)} numbers instead of {count}")
    return [number if isinstance(number, Symbol) else float(number) for number in flat]


def _block(numbers: list[Any]) -> Symbols:
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return array.view(Symbols)


def _raw(values: Any) -> Any:
    """Symbols or numbers as a plain array of objects, which NumPy moves about as it does numbers."""
    if isinstance(values, np.ndarray):
        return values.view(np.ndarray).astype(object)
    box = np.empty((), dtype=object)
    box[()] = values
    return box


def _operand(number: Any) -> Operand:
    return number.operand if isinstance(number, Symbol) else float(number)


def _line(operation: str, *numbers: Any) -> Any:
    """The result of an operation on single numbers: a symbol, or a number where none of them is a symbol."""
    tapes = [number.tape for number in numbers if isinstance(number, Symbol)]
    if not tapes:
        with np.errstate(all="ignore"):
            return float(getattr(np, operation)(*map(float, numbers)))
    if operation == "power" and not isinstance(numbers[1], Symbol) and float(numbers[1]) in _POWERS:
        return _POWERS[float(numbers[1])](numbers[0])
    return tapes[0].record(operation, tuple(map(_operand, numbers)))


# NumPy computes these powers of arrays so
_POWERS: dict[float, Callable[[Any], Any]] = {
    2.0: lambda base: _line("multiply", base, base),
    1.0: lambda base: base,
    0.5: lambda base: _line("sqrt", base),
    -1.0: lambda base: _line("divide", 1.0, base),
}


def _elementwise(operation: str, inputs: Iterable[Any]) -> Any:
    parts = np.broadcast_arrays(*map(_raw, inputs))
    result = np.empty(parts[0].shape, dtype=object)
    for index in np.ndindex(result.shape):
        result[index] = _line(operation, *(part[index] for part in parts))
    return result[()] if result.ndim == 0 else result.view(Symbols)


def _ufunc(ufunc: np.ufunc, method: str, inputs: Any, out: Any = None, **options: Any) -> Any:
    name = SAME.get(ufunc.__name__, ufunc.__name__)
    if name in ("square", "reciprocal"):
        name, inputs = "power", (*inputs, 2.0 if name == "square" else -1.0)
    if method == "outer":
        first, second = map(_raw, inputs)
        inputs, method = (first.reshape(first.shape + (1,) * second.ndim), second), "__call__"
    if method != "__call__":
        raise Untranslatable(f"np.{name}.{method}, which adds in an order that depends on the shape; use total()")
    if options or not (name in OPERATIONS or name == "positive"):
        raise Untranslatable(f"{_named(ufunc)}{' with ' + ', '.join(options) if options else ''}")
    result = inputs[0] if name == "positive" else _elementwise(name, inputs)
    if out is None:
        return result
    out[0][...] = result
    return out[0]


def _function(function: Any, arguments: Any, options: Any) -> Any:
    if function is np.where and len(arguments) == 3:
        return _elementwise("where", arguments)
    if function is np.clip and len(arguments) == 3 and not options:
        return np.minimum(np.maximum(*arguments[:2]), arguments[2])
    if function not in _MOVING:
        if function in _SUMS and isinstance(arguments[0], Symbol):
            raise Untranslatable(f"{_named(function)}: {MIXES}")
        raise Untranslatable(f"{_named(function)}{'; use total()' if function in _SUMS else ''}")
    result = function(*map(_stripped, arguments), **{name: _stripped(value) for name, value in options.items()})
    if isinstance(result, np.ndarray) and result.dtype == object:
        return result.view(Symbols) if result.ndim else result[()]
    return result


def _named(function: Any) -> str:
    """`np.sort`, `np.linalg.norm`; a ufunc of another package does not say which."""
    name = function.__name__
    if isinstance(function, np.ufunc):
        return f"np.{name}" if getattr(np, name, None) is function else f"{name}, which is not NumPy's,"
    return f"{function.__module__.replace('numpy', 'np', 1)}.{name}"


def _stripped(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(map(_stripped, value))
    return _raw(value) if isinstance(value, Symbols | Symbol) else value
