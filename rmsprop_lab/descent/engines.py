"""`descend`: the descents of a batch, by the engine that suits them."""

import functools
import warnings
from collections import Counter
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.descent import compiled, reference
from rmsprop_lab.descent.batches import as_batch, batch_width
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

    `starts` is `(d,)` or `(d, B)`; each hyperparameter is a number or `(B,)`; what is single is broadcast
    against the others. A descent computed in a batch equals the same descent computed alone bit for bit.

    Where the objective has noise, `objective.noise_sigma` times a standard normal vector is added to each gradient
    that the optimizer sees; what is recorded stays clean. `streams` `(B,)` says which of the objective's noise
    streams each descent has, by default its number.

    `engine="numba"` compiles the loop with the objective's and the optimizer's own functions, or, where numba
    cannot, warns once with `EngineWarning` and uses NumPy. `"auto"` takes numba where that cannot change a bit of
    the result (`exact` classes), it is installed, and there is enough to do.

    `out`, a trace of the same shapes, is overwritten and returned: a new one costs more than its arithmetic.

    Raises `InputError` for `n_iter` < 1, for shapes that do not fit together, and for `engine="numba"` where numba is
    not installed. Divergence is no error: see
    `Trace.first_bad`.
    """
    if isinstance(n_iter, bool) or not isinstance(n_iter, int | np.integer) or n_iter < 1:
        raise InputError("n_iter", "an integer >= 1", n_iter)
    if record not in ("trace", "final"):
        raise InputError("record", "'trace' or 'final'", record)
    points = as_batch(starts, objective.dim)
    width = batch_width(points, optimizer)
    trace = buffers(out, n_iter + 1 if record == "trace" else 1, objective.dim, width)
    numbers = np.arange(width) if streams is None else np.broadcast_to(np.asarray(streams, dtype=np.int64), (width,))
    points = np.broadcast_to(points, (objective.dim, width))
    if _takes_numba(engine, objective, optimizer, points, n_iter):
        compiled.run(objective, optimizer, points, n_iter, trace)
    else:
        reference.run(objective, optimizer, points, n_iter, trace, numbers)
    return trace


def _takes_numba(engine: Engine, objective: Objective, optimizer: Optimizer, starts: Array, n_iter: int) -> bool:
    if engine not in get_args(Engine):
        raise InputError("engine", "'auto', 'numpy' or 'numba'", engine, did_you_mean(str(engine), get_args(Engine)))
    if engine == "numpy" or (engine == "auto" and not _auto(objective, optimizer, starts.size * n_iter)):
        return False
    if not compiled.installed():
        raise InputError("engine", "'numpy' or 'auto' without numba", engine, "pip install 'rmsprop-lab[fast]'")
    try:
        compiled.check(objective, optimizer, starts)
    except compiled.NotCompilable as reason:
        if engine == "numba":
            _warn(type(objective), type(optimizer), str(reason))
        return False
    return True


def _auto(objective: Objective, optimizer: Optimizer, work: int) -> bool:
    """Whether `auto` tries numba."""
    if not (objective.exact and optimizer.exact and objective.noise_sigma == 0.0 and compiled.installed()):
        return False
    pair = type(objective), type(optimizer)
    _work[pair] += work
    return compiled.ready(objective, optimizer) or _work[pair] >= _WORTH_COMPILING


@functools.cache
def _warn(objective: type[Objective], optimizer: type[Optimizer], reason: str) -> None:
    message = f"{objective.__name__} with {optimizer.__name__} runs in NumPy: {reason}."
    warnings.warn(message, EngineWarning, stacklevel=4)
