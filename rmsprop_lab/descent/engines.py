"""`descend`: the descents of a batch, by the engine that suits them."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.descent import reference
from rmsprop_lab.descent.batches import as_batch, batch_width
from rmsprop_lab.descent.trace import Trace, buffers
from rmsprop_lab.errors import InputError


def descend(
    objective: Objective,
    optimizer: Optimizer,
    starts: ArrayLike,
    n_iter: int,
    *,
    record: Literal["trace", "final"] = "trace",
    streams: ArrayLike | None = None,
    out: Trace | None = None,
) -> Trace:
    """Computes `x = x - step` for `n_iter` iterations, for B descents at once.

    `starts` is `(d,)` or `(d, B)`; each hyperparameter is a number or `(B,)`; what is single is broadcast
    against the others. A descent computed in a batch equals the same descent computed alone bit for bit.

    Where the objective has noise, `objective.noise_sigma` times a standard normal vector is added to each gradient
    that the optimizer sees; what is recorded stays clean. `streams` `(B,)` says which of the objective's noise
    streams each descent has, by default its number.

    `out`, a trace of the same shapes, is overwritten and returned: a new one costs more than its arithmetic.

    Raises `InputError` for `n_iter` < 1 and for shapes that do not fit together. Divergence is no error: see
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
    reference.run(objective, optimizer, np.broadcast_to(points, (objective.dim, width)), n_iter, trace, numbers)
    return trace
