"""The engine in plain NumPy. It defines what the other engine must compute."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective, Optimizer, total
from rmsprop_lab.descent.batches import Carried, Noise, at, chunks
from rmsprop_lab.descent.trace import Trace

# Descents are computed in chunks of about this many coordinates. The arrays of one iteration (point, gradient, state,
# temporaries) then stay in the cache, and each is smaller than the 128 kB from which the C library requests new pages
# at every allocation. Measured: 4096 is 10 % slower, 16384 two to three times slower.
_CHUNK = 8192


def run(
    objective: Objective,
    optimizer: Optimizer,
    starts: Array,
    n_iter: int,
    trace: Trace,
    streams: NDArray[np.int64],
    carried: Carried | None = None,
) -> None:
    """Computes descents and fills `trace`.

    Args:
        objective: The function to minimise.
        optimizer: The update rule; each hyperparameter is a number or `(B,)`.
        starts: The starts, `(d, B)`.
        n_iter: Number of iterations.
        trace: Filled with all n_iter + 1 iterations, or with the last one, whichever it has room for.
        streams: Number of each descent's noise stream, `(B,)`.
        carried: States and noise at which the previous call stopped; empty at the first call, then updated. None if
            the descents will not be continued.
    """
    before = {} if carried is None else carried
    for part in chunks(starts.shape[1], max(1, _CHUNK // objective.dim)):
        x, rule = np.ascontiguousarray(starts[:, part]), at(optimizer, part)
        state, noise = before.get(part.start) or (_initial_state(optimizer, x), Noise(objective, streams[part]))
        descend = _descend_final if len(trace.points) == 1 else _descend_traced
        with np.errstate(all="ignore"):  # overflow is a result: it is recorded in first_bad
            state = descend(objective, rule, x, n_iter, trace.part(part), state, noise)
        if carried is not None:
            carried[part.start] = state, noise


def _descend_traced(
    objective: Objective, optimizer: Optimizer, x: Array, n_iter: int, trace: Trace, state: Any, noise: Noise
) -> Any:
    checked = np.zeros(x.shape[1])  # finite if every value and every norm was
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
    if not _all_finite(checked, x):  # a coordinate that is not finite stays so: checking the last point suffices
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
    """A quick check in one pass. It is also False if only the sum of squares overflows; then a closer one decides."""
    return all(np.isfinite(np.vdot(array, array)) for array in arrays)


def _gradient(objective: Objective, x: Array) -> Array:
    return np.asarray(objective.gradient(x))  # a pair becomes (2, B)


def _update(optimizer: Optimizer, gradient: Array, state: Any, x: Array) -> Any:
    if optimizer.elementwise:
        return optimizer.update(gradient, state)
    return optimizer.update(gradient, state, x)  # type: ignore[call-arg]  # the form with the point: see Optimizer


def _initial_state(optimizer: Optimizer, x: Array) -> tuple[Array, ...]:
    return tuple(np.broadcast_to(number, x.shape).astype(np.float64) for number in optimizer.init())
