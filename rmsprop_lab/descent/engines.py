"""`descend`: checks what it is given and has the engine that suits it compute the descents."""

import functools
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.base.contracts import objective_fault, optimizer_fault
from rmsprop_lab.descent import compiled, reference
from rmsprop_lab.descent.batches import Carried, as_batch, as_streams, at, batch_width
from rmsprop_lab.descent.trace import Trace, buffers, shown
from rmsprop_lab.errors import EngineWarning, Found, InputError, nearest

Engine: TypeAlias = Literal["auto", "numpy", "numba"]
Record: TypeAlias = Literal["trace", "final"]

# Descents x coordinates x iterations of one pair, all calls together, from which `auto` compiles it: NumPy then took
# about as long (5 to 15 ns each) as numba needs to be imported and to compile (1 to 6 s).
_WORTH_COMPILING = 200_000_000
_work: Counter[tuple[type, type]] = Counter()
_tried: set[tuple[type, type, int]] = set()


def descend(  # longer than 40 lines by its docstring
    objective: Objective,
    optimizer: Optimizer,
    starts: ArrayLike,
    n_iter: int,
    *,
    record: Record = "trace",
    streams: ArrayLike | None = None,
    engine: Engine = "auto",
    out: Trace | None = None,
) -> Trace:
    """Computes B descents at once: `x = x - step`, `n_iter` times.

    A descent computed in a batch equals the same descent computed alone, bit for bit. Where the objective has noise,
    `objective.noise_sigma` times a standard normal vector is added to each gradient that the optimizer sees; points,
    values and gradient norms are recorded without noise. Divergence is a result, not an error: see `Trace.first_bad`.

    Args:
        objective: The function to minimise, of d coordinates.
        optimizer: The update rule, each hyperparameter a number or one per descent, shape `(B,)`.
        starts: The points of iteration 0, shape `(d,)` or `(d, B)`, in the units of the objective's bounds. A single
            start is taken for all hyperparameters, and single hyperparameters for all starts.
        n_iter: The number of steps, at least 1.
        record: `"trace"` keeps all n_iter + 1 iterations, `"final"` the last.
        streams: The noise stream of each descent, integers >= 0 of shape `(B,)`; by default its number, from 0.
        engine: `"numpy"`; `"numba"`, which compiles the loop with the objective's and the optimizer's own functions,
            or warns once that it cannot and NumPy computes it; or `"auto"`, which takes numba where that cannot change
            a bit of the result, it is installed, and the work is worth the seconds to compile.
        out: A trace of the same shapes to overwrite: new memory can take longer than the arithmetic.

    Returns:
        The trace, in the arrays of `out` where that is given.

    Raises:
        InputError: An argument of the wrong type or shape, which `key` names, or `engine="numba"` without numba.

    >>> import numpy as np
    >>> from rmsprop_lab import descend
    >>> from rmsprop_lab.objectives import Himmelblau
    >>> from rmsprop_lab.optimizers import RMSProp
    >>> trace = descend(Himmelblau(), RMSProp(step_size=np.array([0.01, 0.1]), rho=0.9), [1.0, 1.0], n_iter=100)
    >>> trace.points.shape, trace.values.shape
    ((101, 2, 2), (101, 2))
    >>> trace.points[-1].round(2)
    array([[2.08, 2.97],
           [2.03, 1.97]])
    """
    if not isinstance(record, str) or record not in get_args(Record):
        raise InputError("record", "'trace' or 'final'", shown(record), _nearest(record, Record))
    points, numbers = _checked(objective, optimizer, starts, n_iter, streams, engine)
    dim, width = points.shape
    trace = buffers(out, n_iter + 1 if record == "trace" else 1, dim, width, objective)
    trace.iterations[:] = np.arange(n_iter + 1) if record == "trace" else n_iter
    if _takes_numba(engine, objective, optimizer, points, n_iter):
        compiled.run(objective, optimizer, points, n_iter, trace)
    else:
        reference.run(objective, optimizer, points, n_iter, trace, numbers)
    return trace


def segments(
    objective: Objective,
    optimizer: Optimizer,
    starts: ArrayLike,
    n_iter: int,
    length: int,
    *,
    streams: ArrayLike | None = None,
    engine: Engine = "auto",
) -> Iterator[Trace]:
    """The trace that `descend` returns, in pieces, for descents whose whole trace would not fit into memory.

    The first piece has iterations 0 to `length`, each later one the next `length` of them, the last one what is left.
    The pieces joined equal the whole bit for bit, with the last one's `first_bad`: the first bad iteration so far.
    Each piece is overwritten by the next: use it, or copy it, before asking for that. Raises as `descend` does.
    """
    points, numbers = _checked(objective, optimizer, starts, n_iter, streams, engine)
    compile_it = _takes_numba(engine, objective, optimizer, points, n_iter)
    length = min(length, n_iter)
    carried: Carried | None = {} if length < n_iter else None
    whole, first_bad = Trace.empty(length + 1, *points.shape), np.full(points.shape[1], -1)
    for before in range(0, n_iter, length):
        count = min(length, n_iter - before)
        piece = whole.at(slice(0, count + 1))
        piece.iterations[:] = np.arange(count + 1)
        if compile_it:
            compiled.run(objective, optimizer, points, count, piece, carried)
        else:
            reference.run(objective, optimizer, points, count, piece, numbers, carried)
        points = piece.points[-1].copy()
        new = (first_bad < 0) & piece.diverged
        first_bad[new] = before + piece.first_bad[new]
        piece.iterations[:] += before
        piece.first_bad[:] = first_bad
        yield piece.at(slice(1 if before else 0, None))  # the last point of a piece is the first of the next


def _checked(
    objective: Objective,
    optimizer: Optimizer,
    starts: ArrayLike,
    n_iter: int,
    streams: ArrayLike | None,
    engine: Engine,
) -> tuple[Array, NDArray[np.int64]]:
    """The starts `(d, B)` and their noise streams `(B,)`; raises `InputError` for anything that does not fit."""
    _check_instance("objective", objective, Objective, "an objective, such as Bowl()")
    _check_instance("optimizer", optimizer, Optimizer, "an optimizer, such as GD(step_size=0.1)")
    if isinstance(n_iter, bool) or not isinstance(n_iter, int | np.integer) or n_iter < 1:
        raise InputError("n_iter", "an integer >= 1", shown(n_iter))
    check_engine(engine)
    points = as_batch(starts, objective.dim)
    width = batch_width(points, optimizer)
    _check_code(objective, optimizer, points)
    return np.broadcast_to(points, (objective.dim, width)), as_streams(streams, width)


def _check_code(objective: Objective, optimizer: Optimizer, points: Array) -> None:
    """Tries a pair of classes once, at the first start: a wrong shape could be broadcast into wrong numbers."""
    pair = type(objective), type(optimizer), objective.dim
    if pair in _tried:
        return
    faults = {
        "objective": objective_fault(objective, points[:, :1].copy(), finite=False),
        "optimizer": optimizer_fault(at(optimizer, slice(0, 1))),
    }
    for part, fault in faults.items():
        if fault:
            raise InputError(f"{part}.{fault.method}", fault.expected, Found(fault.found))
    _tried.add(pair)


def _check_instance(key: str, value: object, kind: type, expected: str) -> None:
    if isinstance(value, kind):
        return
    if isinstance(value, type) and issubclass(value, kind):
        name = value.__name__
        raise InputError(key, expected, Found(f"the class {name}"), f"Make an object of it: {name}(...).")
    raise InputError(key, expected, shown(value))


def check_engine(engine: object) -> None:
    """Raises `InputError` for a name that is no engine's, and for numba where it is not installed."""
    if not isinstance(engine, str) or engine not in get_args(Engine):
        raise InputError("engine", "'auto', 'numpy' or 'numba'", shown(engine), _nearest(engine, Engine))
    if engine == "numba" and not compiled.installed():
        raise InputError("engine", "'numpy' or 'auto' without numba", engine, "pip install 'rmsprop-lab[fast]'")


def _nearest(name: object, names: Any) -> str:
    return nearest(name, get_args(names)) if isinstance(name, str) else ""


def pays_to_compile(objective: Objective, optimizer: Optimizer, work: int, engine: Engine) -> bool:
    """Whether `descend` tries to compile a pair.

    Args:
        objective: The objective of the pair.
        optimizer: Its optimizer.
        work: Descents x coordinates x iterations, of all the calls for this pair together.
        engine: The engine that is asked for.
    """
    if engine != "auto":
        return engine == "numba"
    if work < _WORTH_COMPILING or not compiled.installed():
        return False
    return compiled.is_exact(objective) and compiled.is_exact(optimizer)


def _takes_numba(engine: Engine, objective: Objective, optimizer: Optimizer, starts: Array, n_iter: int) -> bool:
    """Whether the compiled loop computes this call; compiles it where it is not yet, or warns why that fails."""
    pair = type(objective), type(optimizer)
    _work[pair] += starts.size * n_iter
    if not pays_to_compile(objective, optimizer, _work[pair], engine):
        return False
    try:
        compiled.check(objective, optimizer, starts)
    except compiled.NotCompilable as reason:
        if engine == "numba":
            _warn(*pair, str(reason))
        return False
    return True


@functools.cache
def _warn(objective: type[Objective], optimizer: type[Optimizer], reason: str) -> None:
    """Warns once for each pair and reason."""
    message = f"{objective.__name__} with {optimizer.__name__} runs in NumPy: {reason}."
    warnings.warn(message, EngineWarning, stacklevel=4)
