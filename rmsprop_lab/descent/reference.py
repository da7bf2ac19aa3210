"""The engine in plain NumPy, which says what every other engine has to compute."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective, Optimizer, total
from rmsprop_lab.descent.batches import Noise, at, chunks, noise_of
from rmsprop_lab.descent.trace import Trace

# Runs are computed in chunks of about this many coordinates: the arrays of one iteration (point, gradient,
# state, temporaries) then stay in the cache, and each stays below the 128 kB from which the C library asks the
# system for new pages every time. Measured: 4096 is 10 % slower, 16384 two to three times.
_CHUNK = 8192


def run(
    objective: Objective, optimizer: Optimizer, starts: Array, n_iter: int, trace: Trace, streams: NDArray[np.int64]
) -> None:
    """Fills `trace`, which has room for n_iter + 1 iterations or for the last one; `starts` is `(d, B)`."""
    for part in chunks(starts.shape[1], max(1, _CHUNK // objective.dim)):
        x = np.ascontiguousarray(starts[:, part])
        noise = noise_of(objective, streams[part], n_iter)
        descend = _descend_final if len(trace.points) == 1 else _descend_traced
        with np.errstate(all="ignore"):  # overflow is a result: it is recorded in first_bad
            descend(objective, at(optimizer, part), x, n_iter, trace.part(part), noise)


def _descend_traced(
    objective: Objective, optimizer: Optimizer, x: Array, n_iter: int, trace: Trace, noise: Noise
) -> None:
    state = _initial_state(optimizer, x)
    checked = np.zeros(x.shape[1])  # finite as long as every value and every norm was
    for i in range(n_iter + 1):
        gradient = _gradient(objective, x)
        trace.points[i] = x
        trace.values[i] = objective.value(x)
        np.sqrt(total(gradient * gradient), out=trace.gradient_norms[i])
        checked += trace.values[i]
        checked += trace.gradient_norms[i]
        if i < n_iter:
            step, state = _update(optimizer, noise(gradient, i), state, x)
            x = x - step
    trace.first_bad[:] = -1
    if not _all_finite(checked, x):  # a coordinate that is not finite stays so: the last point tells of all
        trace.first_bad[:] = Trace.of(trace.points, trace.values, trace.gradient_norms).first_bad


def _descend_final(
    objective: Objective, optimizer: Optimizer, x: Array, n_iter: int, trace: Trace, noise: Noise
) -> None:
    state = _initial_state(optimizer, x)
    trace.first_bad[:] = -1
    for i in range(n_iter + 1):
        gradient = _gradient(objective, x)
        if not _all_finite(x, gradient):
            bad = ~np.isfinite(total(gradient * gradient) + total(x - x))
            trace.first_bad[bad & (trace.first_bad < 0)] = i
        if i < n_iter:
            step, state = _update(optimizer, noise(gradient, i), state, x)
            x = x - step
    trace.points[0] = x
    trace.values[0] = objective.value(x)
    trace.gradient_norms[0] = np.sqrt(total(gradient * gradient))
    late = Trace.of(trace.points, trace.values, trace.gradient_norms).diverged & (trace.first_bad < 0)
    trace.first_bad[late] = n_iter


def _all_finite(*arrays: Array) -> bool:
    """False also where only the sum of squares overflows: a quick look, in one pass, before a closer one."""
    return all(np.isfinite(np.vdot(array, array)) for array in arrays)


def _gradient(objective: Objective, x: Array) -> Array:
    return np.asarray(objective.gradient(x))  # a pair becomes (2, B)


def _update(optimizer: Optimizer, gradient: Array, state: Any, x: Array) -> Any:
    if optimizer.elementwise:
        return optimizer.update(gradient, state)
    return optimizer.update(gradient, state, x)  # type: ignore[call-arg]  # the wider form, see Optimizer


def _initial_state(optimizer: Optimizer, x: Array) -> tuple[Array, ...]:
    return tuple(np.broadcast_to(number, x.shape).astype(np.float64) for number in optimizer.init())
