"""Puts a pair's functions into the pattern `kernels.py` and has numba compile it."""

import contextlib
import functools
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from rmsprop_lab import base
from rmsprop_lab.base import rotation
from rmsprop_lab.descent import caching

_OPTIONS: Any = {"error_model": "numpy"}  # the default looks for divisions by zero: LLVM then does not vectorise
_KERNELS = Path(__file__).with_name("kernels.py")


def load(
    kind: str,
    functions: Mapping[str, Any],
    objective: type[tuple[Any, ...]],
    optimizer: type[tuple[Any, ...]],
    n_per_run: int,
    n_states: int,
) -> Any:
    """The loop `kind` of `kernels.py` for a pair, not compiled yet.

    Args:
        kind: `"planar"` or `"any_dim"`.
        functions: The pair's `value`, `gradient` and `update`.
        objective: A named tuple class that stands for `self` in `value` and `gradient`.
        optimizer: The same for `update`; its first `n_per_run` fields may differ between descents.
        n_per_run: The number of these fields.
        n_states: The number of parts of the optimizer's state.
    """
    called = set(_with_helpers(functions.values()))
    for helper in called - set(functions.values()):
        _register(helper)
    parts = {**functions, **_accessors(objective, optimizer, n_per_run, n_states)}
    layout = f"{objective._fields} {optimizer._fields} {n_per_run} {n_states}"  # type: ignore[attr-defined]
    kept = caching.copy_for(called, layout)
    module = _module(kind, kept, {name: _jit(part) for name, part in parts.items()})
    if kept:
        with contextlib.suppress(RuntimeError):  # numba finds no folder that it can write to
            return _jit(getattr(module, kind), cache=True)
    return _jit(getattr(module, kind))


def _jit(function: Any, **options: Any) -> Any:
    import numba

    return numba.njit(**options, **_OPTIONS)(function)


def _module(kind: str, kept: Path | None, parts: Mapping[str, Any]) -> ModuleType:
    """`kernels.py`, or the copy that is kept, as a module of its own with the parts in place.

    numba inlines all functions of the file but `move` in the loop `kind`. Left to LLVM, loops over a block lose their
    vectorisation in `any_dim`, which then takes 1.8 times as long; `move` inlined by numba does the same to both.
    """
    path = kept or _KERNELS
    spec = spec_from_file_location(f"rmsprop_lab_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, item in list(vars(module).items()):
        if isinstance(item, FunctionType) and name != kind:
            setattr(module, name, _jit(item, inline="never" if name == "move" else "always"))
    vars(module).update(parts)
    if kept:
        sys.modules[module.__name__] = module  # what numba has kept refers to it by name
    return module


def _accessors(
    objective: type[tuple[Any, ...]], optimizer: type[tuple[Any, ...]], n_per_run: int, n_states: int
) -> dict[str, FunctionType]:
    """The places of `kernels.py` that turn columns of arrays into tuples and back."""
    n_shared = len(optimizer._fields) - n_per_run  # type: ignore[attr-defined]
    numbers = [f"settings[0][{k}, j]" for k in range(n_per_run)] + [f"settings[1][{k}]" for k in range(n_shared)]
    fields = ", ".join(f"fields[{k}]" for k in range(len(objective._fields)))  # type: ignore[attr-defined]
    states = "".join(f"states[{k}, j], " for k in range(n_states))
    lines = [f"states[{k}, j] = state[{k}]" for k in range(n_states)] or ["pass"]
    scope: dict[str, Any] = {"__name__": __name__, "Objective": objective, "Optimizer": optimizer}
    exec(  # our own text and numbers, nothing that was given: numba wants every index of a tuple written out
        f"def objective_of(fields): return Objective({fields})\n"
        f"def optimizer_of(settings, j): return Optimizer({', '.join(numbers)})\n"
        f"def state_of(states, j): return ({states})\n"
        "def keep(states, j, state):\n    " + "\n    ".join(lines),
        scope,
    )
    return {name: scope[name] for name in ("objective_of", "optimizer_of", "state_of", "keep")}


def _with_helpers(functions: Iterable[FunctionType]) -> Iterator[FunctionType]:
    """The functions, and the plain functions that they call, directly or through others."""
    waiting, seen = list(functions), set[FunctionType]()
    while waiting:
        function = waiting.pop()
        if function not in seen:
            seen.add(function)
            yield function
            called = (function.__globals__.get(name) for name in function.__code__.co_names)
            waiting += [helper for helper in called if isinstance(helper, FunctionType)]


@functools.cache
def _register(helper: FunctionType) -> None:
    """Lets compiled code call a plain function."""
    from numba.extending import overload, register_jitable

    if helper in _BLOCKWISE:
        block = _BLOCKWISE[helper]
        overload(helper, jit_options=_OPTIONS, strict=False)(lambda *arguments: block)
    else:
        register_jitable(**_OPTIONS)(helper)


def _total(terms: Any) -> Any:
    result = terms[0].copy()
    for i in range(1, len(terms)):
        for j in range(len(result)):
            result[j] += terms[i, j]
    return result


def _rotate(matrix: Any, point: Any) -> Any:
    dim, width = point.shape
    result = np.zeros((dim, width))
    for i in range(dim):
        for j in range(dim):
            for k in range(width):
                result[i, k] += matrix[i, j] * point[j, k]
    return result


_BLOCKWISE: dict[Any, Any] = {base.total: _total, rotation.rotate: _rotate}
"""For a block `(d, w)`: the same operations in the same order as in NumPy, without an array for each row."""
