"""`descend`: the descents of a batch, by the engine that suits them."""

import functools
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.base.checks import integer
from rmsprop_lab.descent import compiled, reference
from rmsprop_lab.descent.batches import Carried, as_batch, batch_width
from rmsprop_lab.descent.trace import Trace, buffers
from rmsprop_lab.errors import EngineWarning, InputError, did_you_mean

Engine: TypeAlias = Literal["auto", "numpy", "numba"]

# Runs x coordinates x iterations of one pair, all calls together, from which `auto` compiles it: NumPy then took
# about as long (5 to 15 ns each) as numba needs to be imported and to compile (1 to 6 s).
_WORTH_COMPILING = 200_000_000
_work: Counter[tuple[type, type]] = Counter()


def descend(
    objective: Objective,
    optimizer: Optimizer,
    starts: ArrayLike,
    n_iter: int,
    *,
    record: Literal["trace", "final"] = "trace",
    streams: ArrayLike | None = None,
    engine: Engine = "auto",
    out: Trace | None = None,
) -> Trace:
    """Computes `x = x - step` for `n_iter` iterations, for B descents at once.

    A descent computed in a batch equals the same descent computed alone bit for bit. Divergence is no error: see
    `Trace.first_bad`.

    Args:
        objective: The function to minimise, of dimension d. Where it has noise, `noise_sigma` times a standard normal
            vector is added to each gradient that the optimizer sees; what is recorded stays clean.
        optimizer: The update rule; each hyperparameter is a number or `(B,)`.
        starts: `(d,)` or `(d, B)`. What is single is broadcast against the others.
        n_iter: The number of iterations.
        record: `trace` keeps every iteration, `final` the last one.
        streams: `(B,)`, which of the objective's noise streams each descent has; by default its number.
        engine: `numpy`; `numba`, which compiles the loop with the objective's and the optimizer's own functions or,
            where it cannot, warns once with `EngineWarning` and uses NumPy; `auto`, numba where that cannot change a
            bit of the result (`exact` classes), it is installed, and there is enough to do.
        out: A trace of the same shapes, whose arrays are overwritten: new ones cost more than the arithmetic.

    Returns:
        What the descents did.

    Raises:
        InputError: An argument of the wrong type, `n_iter` < 1, shapes that do not fit together, and `numba` where it
            is not installed. The error's key is the argument's name.

    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> descend(Bowl(), GD(step_size=[0.1, 0.25]), [1.0, -1.0], n_iter=10).values[-1].round(8).tolist()
    [0.02305843, 1.91e-06]
    """
    if record not in ("trace", "final"):
        raise InputError("record", "'trace' or 'final'", record)
    points, numbers = _checked(objective, optimizer, starts, n_iter, streams)
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
    """Computes what `descend` does, and yields it in pieces of `length` iterations: together the same bit for bit.

    The first piece has the start too. Each piece is overwritten by the next one; its `first_bad` is the first bad
    iteration so far. Raises `InputError` as `descend` does.
    """
    points, numbers = _checked(objective, optimizer, starts, n_iter, streams)
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
    objective: Objective, optimizer: Optimizer, starts: ArrayLike, n_iter: int, streams: ArrayLike | None
) -> tuple[Array, NDArray[np.int64]]:
    """The starts `(d, B)` and their noise streams `(B,)`."""
    if not isinstance(objective, Objective):
        raise InputError("objective", "an Objective, as Bowl()", objective)
    if not isinstance(optimizer, Optimizer):
        raise InputError("optimizer", "an Optimizer, as GD(step_size=0.1)", optimizer)
    integer(n_iter, "n_iter", 1)
    points = as_batch(starts, objective.dim)
    width = batch_width(points, optimizer)
    try:
        given = np.arange(width) if streams is None else np.asarray(streams, dtype=np.int64)
        numbers = np.broadcast_to(given, (width,))
    except (TypeError, ValueError):
        raise InputError("streams", f"one integer >= 0, or {width} of them", streams) from None
    return np.broadcast_to(points, (objective.dim, width)), numbers


def check_engine(engine: object) -> None:
    """Raises `InputError` for a name that is no engine's, and for numba where it is not installed."""
    if not isinstance(engine, str) or engine not in get_args(Engine):
        raise InputError("engine", "'auto', 'numpy' or 'numba'", engine, did_you_mean(str(engine), get_args(Engine)))
    if engine == "numba" and not compiled.installed():
        raise InputError("engine", "'numpy' or 'auto' without numba", engine, "pip install 'rmsprop-lab[fast]'")


def _takes_numba(engine: Engine, objective: Objective, optimizer: Optimizer, starts: Array, n_iter: int) -> bool:
    check_engine(engine)
    if engine == "numpy" or (engine == "auto" and not _auto(objective, optimizer, starts.size * n_iter)):
        return False
    try:
        compiled.check(objective, optimizer, starts)
    except compiled.NotCompilable as reason:
        if engine == "numba":
            _warn(type(objective), type(optimizer), str(reason))
        return False
    return True


def pays_to_compile(objective: Objective, optimizer: Optimizer, work: int, engine: Engine) -> bool:
    """Whether `descend` tries numba; `work`: runs x coordinates x iterations, all calls for the pair together."""
    if engine == "auto":
        exact = objective.exact and optimizer.exact and objective.noise_sigma == 0.0
        return exact and work >= _WORTH_COMPILING and compiled.installed()
    return engine == "numba"


def _auto(objective: Objective, optimizer: Optimizer, work: int) -> bool:
    """Whether `auto` tries numba."""
    pair = type(objective), type(optimizer)
    _work[pair] += work
    enough = _WORTH_COMPILING if compiled.ready(objective, optimizer) else _work[pair]
    return pays_to_compile(objective, optimizer, enough, "auto")


@functools.cache
def _warn(objective: type[Objective], optimizer: type[Optimizer], reason: str) -> None:
    message = f"{objective.__name__} with {optimizer.__name__} runs in NumPy: {reason}."
    warnings.warn(message, EngineWarning, stacklevel=4)
