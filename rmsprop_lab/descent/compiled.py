"""The engine compiled by numba: the unchanged `value`, `gradient` and `update` of a pair in one loop.

numba cannot compile a method of a dataclass. It can compile the method's function, with a named tuple of the
dataclass's fields in place of `self`. Importing this module does not import numba.
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

_BLOCK = 4096  # coordinates in a block, whose arrays then stay in the caches; half as many are slower for d = 10
_TRIED = 8  # descents, and iterations, for which a compiled loop is compared with NumPy


class NotCompilable(Exception):
    """NumPy has to compute this pair; the message says why."""


def installed() -> bool:
    """Whether numba can be imported."""
    return find_spec("numba") is not None


def ready(objective: Objective, optimizer: Optimizer) -> bool:
    """Whether this process has compiled the pair."""
    kernel = _KERNELS.get(_shape(objective, optimizer))
    return kernel is not None and not isinstance(kernel, str)


def check(objective: Objective, optimizer: Optimizer, starts: Array) -> None:
    """Compiles the pair, or raises `NotCompilable`; an error that the pair's own functions raise is passed on.

    The first few of the `starts` `(d, B)` are computed by both engines, and compared where both classes are `exact`.
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
    """Fills `trace` as `reference.run` does, for a pair that passed `check`."""
    kernel: Any = _KERNELS[_shape(objective, optimizer)]
    states = _rows(optimizer.init(), starts.shape[1])[:, None]
    if carried is not None:  # with a row for each coordinate, the loop writes the states back
        states = carried.setdefault(0, np.repeat(states, objective.dim, axis=1))
    kernel(*_arguments(objective, optimizer, starts, n_iter, trace, states))


_KERNELS: dict[Any, Any] = {}
"""By what `_shape` returns: the compiled loop, or the reason why there is none."""


def _compile(objective: Objective, optimizer: Optimizer, starts: Array) -> Any:
    """The compiled loop of a pair, or the reason why there is none."""
    if reason := _unfit(objective, optimizer):
        return reason
    starts, optimizer = starts[:, :_TRIED], at(optimizer, slice(0, _TRIED))
    expected, found = (Trace.empty(_TRIED + 1, *starts.shape) for _ in range(2))
    streams = np.zeros(starts.shape[1], dtype=np.int64)
    reference.run(objective, optimizer, starts, _TRIED, expected, streams)  # raises what the pair raises
    with np.errstate(all="ignore"):
        slopes = objective.gradient(starts)
    if not objective.planar and not isinstance(slopes, np.ndarray):
        return f"the gradient of {type(objective).__name__} comes in parts; `planar = True` promises that there are two"
    states = _rows(optimizer.init(), starts.shape[1])[:, None]
    arguments = _arguments(objective, optimizer, starts, _TRIED, found, states)
    try:
        import numba

        kernel = _kernel(objective, optimizer)
        kernel.compile(tuple(numba.typeof(argument) for argument in arguments))
        kernel(*arguments)
    except Exception as error:  # numba meets code of any kind, and fails in as many ways
        return f"numba cannot compile it: {_in_short(error)}"
    if objective.exact and optimizer.exact and not _same(expected, found):
        return "numba computes other numbers than NumPy, although both classes say `exact = True`"
    return kernel


def _unfit(objective: Objective, optimizer: Optimizer) -> str:
    """Why numba need not be asked; empty where it may succeed."""
    if not optimizer.elementwise:
        return f"{type(optimizer).__name__} is not elementwise"
    if type(objective).gradient is Objective.gradient:
        return f"{type(objective).__name__} does not define gradient"
    for method in (type(objective).value, type(objective).gradient, type(optimizer).update):
        if not isinstance(method, FunctionType):
            return f"{method!r} is no plain function"
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
    """What a compiled loop is specific to: the pair's classes and the types of their fields."""
    fixed, per_run = _fields(optimizer)
    kinds = [_kind(value) for value in (*_constants(objective).values(), *fixed.values())]
    return type(objective), type(optimizer), tuple(per_run), tuple(kinds), len(optimizer.init())


def _kind(value: Any) -> Any:
    return (value.dtype, value.ndim, value.flags.writeable) if isinstance(value, np.ndarray) else type(value)


def _arguments(
    objective: Objective, optimizer: Optimizer, starts: Array, n_iter: int, trace: Trace, states: Array
) -> tuple[Any, ...]:
    """The arguments of `planar` and `any_dim`; see `kernels.py`."""
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
        (trace.points, trace.values, trace.gradient_norms, trace.first_bad),
    )


def _rows(numbers: Any, width: int) -> Array:
    """Numbers, or arrays `(width,)`, as rows `(n, width)`."""
    rows = np.empty((len(numbers), width))
    for row, number in zip(rows, numbers, strict=True):
        row[:] = number
    return rows


def _constants(thing: Objective | Optimizer) -> dict[str, Any]:
    """The fields that are numbers or arrays; compiled code cannot read any others."""
    fields = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}
    return {
        name: np.asarray(value, order="C") if isinstance(value, np.ndarray) else value
        for name, value in fields.items()
        if isinstance(value, bool | int | float | np.number | np.ndarray)
    }


def _fields(optimizer: Optimizer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that all descents share, and the hyperparameters, which may differ between descents."""
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
    """The telling line of one of numba's long messages."""
    lines = [line.strip(" -") for line in str(error).splitlines()]
    telling = [line for line in lines if line and not line.startswith(("Failed in", "During:", "No implementation"))]
    return (telling or [type(error).__name__])[0][:200].rstrip(".:").replace(">>> ", "no way to compile ")
