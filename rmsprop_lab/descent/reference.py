"""The engine in plain NumPy; its results define what the compiled engine has to compute."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective, Optimizer, total
from rmsprop_lab.descent.batches import Carried, Noise, at, chunks
from rmsprop_lab.descent.trace import Trace

# Descents are computed in chunks of about this many coordinates: the arrays of an iteration (point, gradient, state,
# temporaries) then stay in the caches, and each is smaller than the 128 kB from which the C library asks the system
# for new pages every time. Measured: 4096 takes 10 % longer, 16384 two to three times as long.
_CHUNK = 8192
# In high dimensions they are larger, as rows of one or two numbers cost more than caches that overflow: 8 descents,
# fewer where an array would be above 8 MB.
_NARROW, _LARGEST = 8, 2**20


def run(
    objective: Objective,
    optimizer: Optimizer,
    starts: Array,
    n_iter: int,
    trace: Trace,
    streams: NDArray[np.int64],
    carried: Carried | None = None,
) -> None:
    """Computes B descents into `trace`, which has room for n_iter + 1 iterations or for the last one.

    Args:
        objective: The objective.
        optimizer: Its hyperparameters are numbers or `(B,)`.
        starts: The first points, `(d, B)`.
        n_iter: The number of steps.
        trace: Its arrays are overwritten, `iterations` excepted.
        streams: The noise stream of each descent, `(B,)`.
        carried: State and noise of descents to continue, empty at first; each call leaves its own for the next.
    """
    before = {} if carried is None else carried
    for part in chunks(starts.shape[1], _width(objective.dim)):
        x, rule = np.ascontiguousarray(starts[:, part]), at(optimizer, part)
        state, noise = before.get(part.start) or (_initial_state(optimizer, x), Noise(objective, streams[part]))
        descend = _descend_final if len(trace.points) == 1 else _descend_traced
        with np.errstate(all="ignore"):  # overflow is a result: it is recorded in first_bad
            state = descend(objective, rule, x, n_iter, trace.part(part), state, noise)
        if carried is not None:
            carried[part.start] = state, noise


def _width(dim: int) -> int:
    """The number of descents in a chunk."""
    return max(1, _CHUNK // dim, min(_NARROW, _LARGEST // dim))


def _descend_traced(
    objective: Objective, optimizer: Optimizer, x: Array, n_iter: int, trace: Trace, state: Any, noise: Noise
) -> Any:
    checked = np.zeros(x.shape[1])  # finite if every value and every norm is
    for i in range(n_iter + 1):
        gradient = _gradient(objective, x)
        trace.points[i] = x
        trace.values[i] = objective.value(x)
        np.sqrt(total(gradient * gradient), out=trace.gradient_norms[i])
        checked += trace.values[i]
        checked += trace.gradient_norms[i]
        if i < n_iter:
            step, state = _update(optimizer, noise.add(gradient, n_iter - i), state, x)
            x = x - step
    trace.first_bad[:] = -1
    if not _all_finite(checked, x):  # a coordinate that is not finite stays so: the last point speaks for all
        trace.first_bad[:] = _first_bad(trace)
    return state


def _descend_final(
    objective: Objective, optimizer: Optimizer, x: Array, n_iter: int, trace: Trace, state: Any, noise: Noise
) -> Any:
    trace.first_bad[:] = -1
    for i in range(n_iter + 1):
        gradient = _gradient(objective, x)
        if not _all_finite(x, gradient):
            bad = ~np.isfinite(total(gradient * gradient) + total(x - x))
            trace.first_bad[bad & (trace.first_bad < 0)] = i
        if i < n_iter:
            step, state = _update(optimizer, noise.add(gradient, n_iter - i), state, x)
            x = x - step
    trace.points[0] = x
    trace.values[0] = objective.value(x)
    trace.gradient_norms[0] = np.sqrt(total(gradient * gradient))
    late = (_first_bad(trace) >= 0) & (trace.first_bad < 0)
    trace.first_bad[late] = n_iter
    return state


def _first_bad(trace: Trace) -> NDArray[np.int64]:
    return Trace.of(trace.points, trace.values, trace.gradient_norms, trace.iterations).first_bad


def _all_finite(*arrays: Array) -> bool:
    """A fast test of a sum of squares. False where that overflows, too: a closer look then decides."""
    return all(math.isfinite(_sum_of_squares(array)) for array in arrays)


def _sum_of_squares(array: Array) -> float:
    """By BLAS, in pieces: it shares more than 10,000 numbers among threads, which wait long on a busy machine."""
    if array.size <= _CHUNK:
        return float(np.vdot(array, array))
    flat = array.ravel()
    return float(sum(np.vdot(flat[part], flat[part]) for part in chunks(len(flat), _CHUNK)))


def _gradient(objective: Objective, x: Array) -> Array:
    return np.asarray(objective.gradient(x))  # a pair becomes (2, B)


def _update(optimizer: Optimizer, gradient: Array, state: Any, x: Array) -> Any:
    if optimizer.elementwise:
        return optimizer.update(gradient, state)
    return optimizer.update(gradient, state, x)  # type: ignore[call-arg]  # the wider form, see Optimizer


def _initial_state(optimizer: Optimizer, x: Array) -> tuple[Array, ...]:
    return tuple(np.broadcast_to(number, x.shape).astype(np.float64) for number in optimizer.init())
