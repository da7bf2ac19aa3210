"""The engine compiled by numba: the programs of a pair in one loop. Importing this module does not import numba."""

import dataclasses
from importlib.util import find_spec
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from rmsprop_lab.base import Array, Objective, Optimizer, intervals
from rmsprop_lab.descent import caching, reference
from rmsprop_lab.descent.batches import Carried, at
from rmsprop_lab.descent.kernel_source import kernel_source
from rmsprop_lab.descent.trace import Trace
from rmsprop_lab.translate import Program, Untranslatable, trace

_TRIED = 8  # descents, and iterations, for which a compiled loop is compared with NumPy
_MOST_LINES = 1000  # of an objective's program, which take ten seconds to compile


class NotCompilable(Exception):
    """NumPy has to compute this pair; the message says why."""


def installed() -> bool:
    """Whether numba can be imported."""
    return find_spec("numba") is not None


def is_exact(thing: Objective | Optimizer) -> bool:
    """Whether all engines agree on it to the last bit, as its operations show."""
    try:
        return program_of(thing).exact
    except Untranslatable:
        return False


_PROGRAMS: WeakKeyDictionary[Any, Program | str] = WeakKeyDictionary()
"""The program, or why there is none, of an objective, and of a class of optimizers without other settings."""
_KERNELS: dict[str, Any] = {}
"""By source: the compiled loop, or the reason why NumPy has to do."""


def program_of(thing: Objective | Optimizer) -> Program:
    """The program of an objective or optimizer; raises `Untranslatable`."""
    kind = type(thing)
    is_alone = isinstance(thing, Objective) or len(intervals(kind)) < len(dataclasses.fields(thing))
    key = thing if is_alone else kind
    if key not in _PROGRAMS:
        try:
            _PROGRAMS[key] = trace(thing)
        except Untranslatable as reason:
            _PROGRAMS[key] = str(reason)
    found = _PROGRAMS[key]
    if isinstance(found, str):
        raise Untranslatable(found)
    return found


def check(objective: Objective, optimizer: Optimizer, starts: Array) -> None:
    """Compiles the pair, or raises `NotCompilable`; an error that the pair's own functions raise is passed on.

    The first few of the `starts` `(d, B)` are computed by both engines, and compared where both are exact, as their
    operations show or their classes say.
    """
    source, constants = _source(objective, optimizer)
    if source not in _KERNELS:
        _KERNELS[source] = _compile(objective, optimizer, starts, source, constants)
    kernel = _KERNELS[source]
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
    source, constants = _source(objective, optimizer)
    states = _rows(optimizer.init(), starts.shape[1])[:, None]
    if carried is not None:  # with a row for each coordinate, the loop writes the states back
        states = carried.setdefault(0, np.repeat(states, objective.dim, axis=1))
    _KERNELS[source](*_arguments(constants, optimizer, starts, n_iter, trace, states))


def _source(objective: Objective, optimizer: Optimizer) -> tuple[str, tuple[float, ...]]:
    """The source of a pair's loop, and its constants; raises `NotCompilable`."""
    try:
        programs = program_of(objective), program_of(optimizer)
    except Untranslatable as reason:
        raise NotCompilable(str(reason)) from None
    if len(programs[0].lines) > _MOST_LINES:
        found = f"{len(programs[0].lines):,} operations, of at most {_MOST_LINES:,}"
        raise NotCompilable(f"{type(objective).__name__} of {objective.dim} coordinates has {found}")
    return kernel_source(*programs)


def _compile(
    objective: Objective, optimizer: Optimizer, starts: Array, source: str, constants: tuple[float, ...]
) -> Any:
    """The compiled loop of a pair, or the reason why there is none."""
    starts, optimizer = starts[:, :_TRIED], at(optimizer, slice(0, _TRIED))
    expected, found = (Trace.empty(_TRIED + 1, *starts.shape) for _ in range(2))
    streams = np.zeros(starts.shape[1], dtype=np.int64)
    reference.run(objective, optimizer, starts, _TRIED, expected, streams)  # raises what the pair raises
    states = _rows(optimizer.init(), starts.shape[1])[:, None]
    try:
        kernel = caching.compiled(source)
        kernel(*_arguments(constants, optimizer, starts, _TRIED, found, states))
    except Exception as error:  # numba fails in many ways
        return f"numba cannot compile it: {_in_short(error)}"
    if all(part.exact or is_exact(part) for part in (objective, optimizer)) and not _same(expected, found):
        return "numba computes other numbers than NumPy, although both are `exact`"
    return kernel


def _arguments(
    constants: tuple[float, ...], optimizer: Optimizer, starts: Array, n_iter: int, trace: Trace, states: Array
) -> tuple[Any, ...]:
    """The arguments of `run`; see `kernel_source.py`."""
    hyperparameters = [getattr(optimizer, name) for name in intervals(type(optimizer))]
    return (
        np.array(constants, dtype=np.float64),
        _rows(hyperparameters, starts.shape[1]),
        states,
        np.array(starts, order="C"),
        int(n_iter),
        *(trace.points, trace.values, trace.gradient_norms, trace.first_bad),
    )


def _rows(numbers: Any, width: int) -> Array:
    """Numbers, or arrays `(width,)`, as rows `(n, width)`."""
    rows = np.empty((len(numbers), width))
    for row, number in zip(rows, numbers, strict=True):
        row[:] = number
    return rows


def _same(one: Trace, other: Trace) -> bool:
    pairs = ((one.points, other.points), (one.values, other.values), (one.gradient_norms, other.gradient_norms))
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def _in_short(error: Exception) -> str:
    """The telling line of one of numba's long messages."""
    lines = [line.strip(" -") for line in str(error).splitlines()]
    telling = [line for line in lines if line and not line.startswith(("Failed in", "During:", "No implementation"))]
    return (telling or [type(error).__name__])[0][:200].rstrip(".:").replace(">>> ", "no way to compile ")
