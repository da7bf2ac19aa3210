"""Defines `descend`, which computes a batch of descents, and chooses the engine."""

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

# `auto` compiles a pair once its descents x coordinates x iterations, summed over all calls, reach this number: NumPy
# has then taken about as long (5 to 15 ns each) as numba takes to be imported and to compile (1 to 6 s).
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
    """Computes B descents at once: `x = x - step` for `n_iter` iterations.

    A descent in a batch equals the same descent alone, bit for bit. Divergence is not an error: see `Trace.first_bad`.

    Args:
        objective: The function to minimise, of dimension d. If it has noise, `noise_sigma` times a standard normal
            vector is added to each gradient that the optimizer gets; the trace records values and gradients without
            noise.
        optimizer: The update rule; each hyperparameter is a number or `(B,)`.
        starts: `(d,)` or `(d, B)`. A single start, or a single hyperparameter, is used for all B descents.
        n_iter: Number of iterations, >= 1.
        record: `trace` keeps every iteration, `final` only the last one.
        streams: Number of the noise stream of each descent, an integer or `(B,)`; by default 0 to B - 1.
        engine: `numpy`; `numba`, which compiles the loop, or warns once (`EngineWarning`) and uses NumPy if it cannot;
            `auto`, which uses numba if it is installed, there is enough work, and both classes are `exact`, so that
            the result is the same to the bit.
        out: A trace of the same shapes, whose arrays are overwritten. Allocating new ones can take longer than the
            descents.

    Returns:
        The trace of all B descents.

    Raises:
        InputError: An argument of the wrong type, `n_iter` < 1, shapes that do not fit together, or `numba` if it is
            not installed. The error's key is the argument's name.

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
    """Computes the trace of `descend` in segments, which together equal it bit for bit.

    Args:
        objective: As in `descend`.
        optimizer: As in `descend`.
        starts: As in `descend`.
        n_iter: Number of iterations in all.
        length: Number of iterations of a segment.
        streams: As in `descend`.
        engine: As in `descend`.

    Yields:
        Segments of `length` iterations; the first also has the start, the last may be shorter. The next segment
        overwrites the arrays. `first_bad` is the first bad iteration of all segments so far.

    Raises:
        InputError: As in `descend`.
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
        raise InputError("objective", "an Objective, such as Bowl()", objective)
    if not isinstance(optimizer, Optimizer):
        raise InputError("optimizer", "an Optimizer, such as GD(step_size=0.1)", optimizer)
    integer(n_iter, "n_iter", 1)
    points = as_batch(starts, objective.dim)
    width = batch_width(points, optimizer)
    try:
        given = np.arange(width) if streams is None else np.asarray(streams, dtype=np.int64)
        numbers = np.broadcast_to(given, (width,))
    except (TypeError, ValueError):
        raise InputError("streams", f"an integer >= 0, or {width} of them", streams) from None
    return np.broadcast_to(points, (objective.dim, width)), numbers


def check_engine(engine: object) -> None:
    """Checks the name of an engine.

    Raises:
        InputError: There is no such engine, or it is `numba` and numba is not installed (key `engine`).
    """
    if not isinstance(engine, str) or engine not in get_args(Engine):
        raise InputError("engine", "an engine", engine, did_you_mean(str(engine), get_args(Engine)))
    if engine == "numba" and not compiled.installed():
        raise InputError(
            "engine", "'numpy' or 'auto', as numba is missing", engine, "Install it: pip install 'rmsprop-lab[fast]'."
        )


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
    """Whether `descend` tries to compile a pair.

    Args:
        objective: The objective of the pair.
        optimizer: The optimizer of the pair.
        work: Descents x coordinates x iterations, summed over all calls for the pair.
        engine: `auto`, `numpy` or `numba`.
    """
    if engine == "auto":
        exact = objective.exact and optimizer.exact and objective.noise_sigma == 0.0
        return exact and work >= _WORTH_COMPILING and compiled.installed()
    return engine == "numba"


def _auto(objective: Objective, optimizer: Optimizer, work: int) -> bool:
    """Whether `auto` tries numba; adds this call to the work of the pair."""
    pair = type(objective), type(optimizer)
    _work[pair] += work
    enough = _WORTH_COMPILING if compiled.ready(objective, optimizer) else _work[pair]
    return pays_to_compile(objective, optimizer, enough, "auto")


@functools.cache
def _warn(objective: type[Objective], optimizer: type[Optimizer], reason: str) -> None:
    message = f"{objective.__name__} with {optimizer.__name__} is computed by NumPy: {reason}."
    warnings.warn(message, EngineWarning, stacklevel=4)
