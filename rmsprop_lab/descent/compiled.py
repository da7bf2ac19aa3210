"""The engine that numba compiles: it fuses `value`, `gradient` and `update`, unchanged, into one loop.

numba cannot compile the methods of a dataclass. It can compile the function behind a method if a named tuple of the
dataclass's fields takes the place of `self`. Importing this module does not import numba.
"""

import dataclasses
from collections import namedtuple
from importlib.util import find_spec
from types import FunctionType
from typing import Any

import numpy as np

from rmsprop_lab.base import Array, Objective, Optimizer, intervals
from rmsprop_lab.descent import reference
from rmsprop_lab.descent.batches import Carried, at
from rmsprop_lab.descent.trace import Trace

_BLOCK = 4096  # coordinates per block: its arrays stay in the cache; 2048 is slower in ten dimensions
_TRIED = 8  # descents, and iterations, that compare a new loop with NumPy


class NotCompilable(Exception):
    """numba cannot compile the pair; the message says why. NumPy computes it."""


def installed() -> bool:
    """Whether numba is installed."""
    return find_spec("numba") is not None


def ready(objective: Objective, optimizer: Optimizer) -> bool:
    """Whether this process has compiled the pair already."""
    kernel = _KERNELS.get(_shape(objective, optimizer))
    return kernel is not None and not isinstance(kernel, str)


def check(objective: Objective, optimizer: Optimizer, starts: Array) -> None:
    """Compiles the pair, unless it is compiled already, and compares a few descents with NumPy's.

    An error that the objective or the optimizer raises passes through.

    Args:
        objective: The objective of the pair.
        optimizer: The optimizer of the pair; each hyperparameter is a number or `(B,)`.
        starts: Starts to compare on, `(d, B)`.

    Raises:
        NotCompilable: numba cannot compile the pair, or computes other numbers although both classes are `exact`.
    """
    if objective.noise_sigma != 0.0:
        raise NotCompilable(f"{type(objective).__name__} has noise")
    shape = _shape(objective, optimizer)
    if shape not in _KERNELS:
        _KERNELS[shape] = _compile(objective, optimizer, starts)
    kernel = _KERNELS[shape]
    if isinstance(kernel, str):
        raise NotCompilable(kernel)


def run(
    objective: Objective,
    optimizer: Optimizer,
    starts: Array,
    n_iter: int,
    trace: Trace,
    carried: Carried | None = None,
) -> None:
    """Computes the descents of a pair that passed `check`, and so has no noise, and fills `trace`.

    Args:
        objective: The function to minimise.
        optimizer: The update rule; each hyperparameter is a number or `(B,)`.
        starts: The starts, `(d, B)`.
        n_iter: Number of iterations.
        trace: Filled with all n_iter + 1 iterations, or with the last one, whichever it has room for.
        carried: The states at which the previous call stopped; empty at the first call, then updated. None if the
            descents will not be continued.
    """
    kernel: Any = _KERNELS[_shape(objective, optimizer)]
    states = _rows(optimizer.init(), starts.shape[1])[:, None]
    if carried is not None:  # with a row per coordinate the kernel writes the states back
        states = carried.setdefault(0, np.repeat(states, objective.dim, axis=1))
    kernel(*_arguments(objective, optimizer, starts, n_iter, trace, states))


_KERNELS: dict[Any, Any] = {}
"""The compiled loop of each pair, by `_shape`; or the reason, as text, why there is none."""


def _compile(objective: Objective, optimizer: Optimizer, starts: Array) -> Any:
    if reason := _unfit(objective, optimizer):
        return reason
    starts, optimizer = starts[:, :_TRIED], at(optimizer, slice(0, _TRIED))
    expected, found = (Trace.empty(_TRIED + 1, *starts.shape) for _ in range(2))
    streams = np.zeros(starts.shape[1], dtype=np.int64)
    reference.run(objective, optimizer, starts, _TRIED, expected, streams)  # first: an error of the pair passes through
    with np.errstate(all="ignore"):
        slopes = objective.gradient(starts)
    if not objective.planar and not isinstance(slopes, np.ndarray):
        return f"{type(objective).__name__}.gradient returns a tuple, which numba can compile only with `planar = True`"
    states = _rows(optimizer.init(), starts.shape[1])[:, None]
    arguments = _arguments(objective, optimizer, starts, _TRIED, found, states)
    try:
        import numba

        kernel = _kernel(objective, optimizer)
        kernel.compile(tuple(numba.typeof(argument) for argument in arguments))
        kernel(*arguments)
    except Exception as error:  # numba raises errors of many types for code that it cannot compile
        return f"numba cannot compile it: {_in_short(error)}"
    if objective.exact and optimizer.exact and not _same(expected, found):
        return "numba computes other numbers than NumPy, although both classes say `exact = True`"
    return kernel


def _unfit(objective: Objective, optimizer: Optimizer) -> str:
    if not optimizer.elementwise:
        return f"{type(optimizer).__name__} is not elementwise"
    if type(objective).gradient is Objective.gradient:
        return f"{type(objective).__name__} does not define gradient"
    for method in (type(objective).value, type(objective).gradient, type(optimizer).update):
        if not isinstance(method, FunctionType):
            return f"{method!r} is not a plain function"
    return ""


def _kernel(objective: Objective, optimizer: Optimizer) -> Any:
    from rmsprop_lab.descent import loading

    fixed, per_run = _fields(optimizer)
    return loading.load(
        "planar" if objective.planar else "any_dim",
        functions={
            "value": type(objective).value,
            "gradient": type(objective).gradient,
            "update": type(optimizer).update,
        },
        objective=namedtuple(type(objective).__name__, list(_constants(objective))),
        optimizer=namedtuple(type(optimizer).__name__, [*per_run, *fixed]),
        n_per_run=len(per_run),
        n_states=len(optimizer.init()),
    )


def _shape(objective: Objective, optimizer: Optimizer) -> Any:
    """Everything that the code of a compiled loop depends on: the classes, and the types of their fields."""
    fixed, per_run = _fields(optimizer)
    kinds = [_kind(value) for value in (*_constants(objective).values(), *fixed.values())]
    return type(objective), type(optimizer), tuple(per_run), tuple(kinds), len(optimizer.init())


def _kind(value: Any) -> Any:
    return (value.dtype, value.ndim, value.flags.writeable) if isinstance(value, np.ndarray) else type(value)


def _arguments(
    objective: Objective, optimizer: Optimizer, starts: Array, n_iter: int, trace: Trace, states: Array
) -> tuple[Any, ...]:
    fixed, per_run = _fields(optimizer)
    width = starts.shape[1]
    return (
        tuple(_constants(objective).values()),
        tuple(fixed.values()),
        _rows(per_run.values(), width),
        states,
        np.array(starts, order="C"),
        int(n_iter),
        max(16, _BLOCK // objective.dim),
        len(trace.points) > 1,
        trace.points,
        trace.values,
        trace.gradient_norms,
        trace.first_bad,
    )


def _rows(numbers: Any, width: int) -> Array:
    rows = np.empty((len(numbers), width))
    for row, number in zip(rows, numbers, strict=True):
        row[:] = number
    return rows


def _constants(thing: Objective | Optimizer) -> dict[str, Any]:
    """The fields that are numbers or arrays: compiled code can read no others."""
    fields = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}
    return {
        name: np.asarray(value, order="C") if isinstance(value, np.ndarray) else value
        for name, value in fields.items()
        if isinstance(value, bool | int | float | np.number | np.ndarray)
    }


def _fields(optimizer: Optimizer) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two mappings: the fields that all descents share, and the hyperparameters, which may have a value for each."""
    fields = _constants(optimizer)
    numeric = {*intervals(type(optimizer)), *(name for name, value in fields.items() if np.ndim(value) == 1)}
    return (
        {name: value for name, value in fields.items() if name not in numeric},
        {name: value for name, value in fields.items() if name in numeric},
    )


def _same(one: Trace, other: Trace) -> bool:
    pairs = ((one.points, other.points), (one.values, other.values), (one.gradient_norms, other.gradient_norms))
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def _in_short(error: Exception) -> str:
    lines = [line.strip(" -") for line in str(error).splitlines()]
    telling = [line for line in lines if line and not line.startswith(("Failed in", "During:", "No implementation"))]
    return (telling or [type(error).__name__])[0][:200].rstrip(".:").replace(">>> ", "no way to compile ")
