"""Puts the functions of a pair into the template `kernels.py` and has numba compile it."""

import contextlib
import functools
import sys
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from rmsprop_lab import base
from rmsprop_lab.base import rotation
from rmsprop_lab.descent import caching

_OPTIONS: Any = {"error_model": "numpy"}  # the default checks for division by zero, and LLVM then does not vectorise
_KERNELS = Path(__file__).with_name("kernels.py")


def load(
    kind: str,
    functions: Mapping[str, Any],
    objective: type[tuple[Any, ...]],
    optimizer: type[tuple[Any, ...]],
    n_per_run: int,
    n_states: int,
) -> Any:
    """Compiles a loop of `kernels.py` for one pair.

    Args:
        kind: The loop: `planar` or `any_dim`.
        functions: `value` and `gradient` of the objective, `update` of the optimizer.
        objective: Named tuple type that takes the place of `self` in the objective's functions.
        optimizer: Named tuple type that takes the place of `self` in `update`.
        n_per_run: Number of hyperparameters, which have one value per descent: the first fields of `optimizer`.
        n_states: Number of numbers in the optimizer's state.

    Returns:
        The compiled loop, a function.
    """
    for function in functions.values():
        _register_helpers(function)
    parts = {**functions, **_accessors(objective, optimizer, n_per_run, n_states)}
    layout = f"{objective._fields} {optimizer._fields} {n_per_run} {n_states}"  # type: ignore[attr-defined]
    kept = caching.copy_for(functions.values(), layout)
    module = _module(kept, {name: _jit(part) for name, part in parts.items()})
    if kept:
        with contextlib.suppress(RuntimeError):  # numba finds no folder that it may write to
            return _jit(getattr(module, kind), cache=True)
    return _jit(getattr(module, kind))


def _jit(function: Any, cache: bool = False) -> Any:
    import numba

    return numba.njit(cache=cache, **_OPTIONS)(function)


def _inlined(function: Any) -> Any:
    """Compiles a function into its callers.

    A call takes 1.5 to 1.8 times as long, as LLVM must assume that the arrays passed to a function overlap.
    """
    import numba

    return numba.njit(inline="always", **_OPTIONS)(function)


def _module(kept: Path | None, parts: Mapping[str, Any]) -> ModuleType:
    """A new module from `kernels.py`, or from its kept copy, with the parts in place."""
    path = kept or _KERNELS
    spec = spec_from_file_location(f"rmsprop_lab_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module).update(
        parts, **{name: _inlined(getattr(module, name)) for name in module.INNER}, move=_jit(module.move)
    )
    if kept:
        sys.modules[module.__name__] = module  # numba's stored code refers to the module by name
    return module


def _accessors(
    objective: type[tuple[Any, ...]], optimizer: type[tuple[Any, ...]], n_per_run: int, n_states: int
) -> dict[str, FunctionType]:
    """Functions that build tuples from rows of arrays; numba needs every index of a tuple written out."""
    n_fields = len(optimizer._fields)  # type: ignore[attr-defined]
    numbers = [f"rules[{k}, j]" for k in range(n_per_run)] + [f"fields[{k}]" for k in range(n_fields - n_per_run)]
    fields = ", ".join(f"fields[{k}]" for k in range(len(objective._fields)))  # type: ignore[attr-defined]
    states = "".join(f"states[{k}, j], " for k in range(n_states))
    lines = [f"states[{k}, j] = state[{k}]" for k in range(n_states)] or ["pass"]
    # Only source text can write out as many indices as there are fields. Only numbers are inserted into it.
    scope: dict[str, Any] = {"__name__": __name__, "Objective": objective, "Optimizer": optimizer}
    exec(
        f"def objective_of(fields): return Objective({fields})\n"
        f"def optimizer_of(rules, fields, j): return Optimizer({', '.join(numbers)})\n"
        f"def state_of(states, j): return ({states})\n"
        "def keep(states, j, state):\n    " + "\n    ".join(lines),
        scope,
    )
    return {name: scope[name] for name in ("objective_of", "optimizer_of", "state_of", "keep")}


def _register_helpers(function: FunctionType) -> None:
    """Lets compiled code call the plain functions that `function` calls, and those that these call."""
    for name in function.__code__.co_names:
        helper = function.__globals__.get(name)
        if isinstance(helper, FunctionType):
            _register(helper)


@functools.cache
def _register(helper: FunctionType) -> None:
    from numba.extending import register_jitable

    if helper in (base.total, rotation.rotate):
        _overload_ours()
    else:
        _register_helpers(helper)
        register_jitable(**_OPTIONS)(helper)


@functools.cache
def _overload_ours() -> None:
    """Compiles `total` and `rotate` for a block `(d, B)`: the same operations in the same order, allocating less."""

    from numba.extending import overload

    def total(terms: Any) -> Any:
        result = terms[0].copy()
        for i in range(1, len(terms)):
            for j in range(len(result)):
                result[j] += terms[i, j]
        return result

    def rotate(matrix: Any, point: Any) -> Any:
        dim, width = point.shape
        result = np.zeros((dim, width))
        for i in range(dim):
            for j in range(dim):
                for k in range(width):
                    result[i, k] += matrix[i, j] * point[j, k]
        return result

    for function, block in ((base.total, total), (rotation.rotate, rotate)):
        overload(function, jit_options=_OPTIONS, strict=False)(lambda *arguments, block=block: block)
