"""The descent: the only loop over iterations."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_lab.base import Array, Objective, Optimizer, total
from rmsprop_lab.errors import InputError

# Runs are computed in chunks of about this many coordinates: the arrays of one iteration (point, gradient,
# state, temporaries) then stay in the cache. Larger chunks gain nothing more.
_CHUNK = 16384


Noise: TypeAlias = Callable[[Array, int], Array]


@dataclass(frozen=True, eq=False)
class Trace:
    """What B descents did; iteration 0 is the start.

    With `record="trace"` T = n_iter + 1 iterations are kept, with `record="final"` T = 1, the last.
    """

    points: Array
    """`(T, d, B)`"""
    values: Array
    """`(T, B)`: the objective at the points."""
    gradient_norms: Array
    """`(T, B)`: the Euclidean norm of the gradient at the points."""
    first_bad: NDArray[np.int64]
    """`(B,)`: the first iteration whose point, value or gradient norm is not finite; -1 if there is none.

    With `record="final"` values are only looked at in the end."""

    @classmethod
    def of(cls, points: Array, values: Array, gradient_norms: Array) -> "Trace":
        """A trace whose `first_bad` is found in its numbers."""
        finite = np.isfinite(values) & np.isfinite(gradient_norms)
        for row in range(points.shape[1]):
            finite &= np.isfinite(points[:, row])
        first_bad = np.where(finite.all(axis=0), -1, finite.argmin(axis=0))
        return cls(points, values, gradient_norms, first_bad)

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """`(B,)`: whether something stopped being a finite number; the other descents are unaffected."""
        return self.first_bad >= 0


def descend(
    objective: Objective,
    optimizer: Optimizer,
    starts: ArrayLike,
    n_iter: int,
    *,
    record: Literal["trace", "final"] = "trace",
    streams: ArrayLike | None = None,
) -> Trace:
    """Computes `x = x - step` for `n_iter` iterations, for B descents at once.

    `starts` is `(d,)` or `(d, B)`; each hyperparameter is a number or `(B,)`; what is single is broadcast
    against the others. A descent computed in a batch equals the same descent computed alone bit for bit.

    Where the objective has noise, `objective.noise_sigma` times a standard normal vector is added to each gradient
    that the optimizer sees; what is recorded stays clean. `streams` `(B,)` says which of the objective's noise
    streams each descent has, by default its number.

    Raises `InputError` for `n_iter` < 1 and for shapes that do not fit together. Divergence is no error: see
    `Trace.first_bad`.
    """
    if isinstance(n_iter, bool) or not isinstance(n_iter, int | np.integer) or n_iter < 1:
        raise InputError("n_iter", "an integer >= 1", n_iter)
    if record not in ("trace", "final"):
        raise InputError("record", "'trace' or 'final'", record)
    points = _as_batch(starts, objective.dim)
    width = _batch_width(points, optimizer)
    kept = n_iter + 1 if record == "trace" else 1
    trace = Trace(
        np.empty((kept, objective.dim, width)),
        np.empty((kept, width)),
        np.empty((kept, width)),
        np.empty(width, dtype=np.int64),
    )
    numbers = np.arange(width) if streams is None else np.broadcast_to(np.asarray(streams, dtype=np.int64), (width,))
    for part in _chunks(width, objective.dim):
        x = np.ascontiguousarray(np.broadcast_to(points, (objective.dim, width))[:, part])
        rule = _at(optimizer, part)
        noise = _noise(objective, numbers[part], n_iter)
        with np.errstate(all="ignore"):  # overflow is a result: it is recorded in first_bad
            if record == "trace":
                _descend_traced(objective, rule, x, n_iter, _view(trace, part), noise)
            else:
                _descend_final(objective, rule, x, n_iter, _view(trace, part), noise)
    return trace


def _descend_traced(
    objective: Objective, optimizer: Optimizer, x: Array, n_iter: int, trace: Trace, noise: Noise
) -> None:
    state = _initial_state(optimizer, x)
    for i in range(n_iter + 1):
        gradient = _gradient(objective, x)
        trace.points[i] = x
        trace.values[i] = objective.value(x)
        trace.gradient_norms[i] = np.sqrt(total(gradient * gradient))
        if i < n_iter:
            step, state = _update(optimizer, noise(gradient, i), state, x)
            x = x - step
    trace.first_bad[:] = Trace.of(trace.points, trace.values, trace.gradient_norms).first_bad


def _descend_final(
    objective: Objective, optimizer: Optimizer, x: Array, n_iter: int, trace: Trace, noise: Noise
) -> None:
    state = _initial_state(optimizer, x)
    trace.first_bad[:] = -1
    for i in range(n_iter + 1):
        gradient = _gradient(objective, x)
        if not np.isfinite(np.vdot(gradient, gradient)):  # one pass over the chunk, before looking closer
            bad = ~np.isfinite(np.sqrt(total(gradient * gradient)) + total(x - x))
            trace.first_bad[bad & (trace.first_bad < 0)] = i
        if i < n_iter:
            step, state = _update(optimizer, noise(gradient, i), state, x)
            x = x - step
    trace.points[0] = x
    trace.values[0] = objective.value(x)
    trace.gradient_norms[0] = np.sqrt(total(gradient * gradient))
    late = Trace.of(trace.points, trace.values, trace.gradient_norms).diverged & (trace.first_bad < 0)
    trace.first_bad[late] = n_iter


def _noise(objective: Objective, streams: NDArray[np.int64], n_iter: int) -> Noise:
    """What adds a start's noise to its gradient: every stream draws `n_iter` vectors of d in order."""
    sigma = objective.noise_sigma
    if sigma == 0.0:
        return lambda gradient, iteration: gradient
    unique, inverse = np.unique(streams, return_inverse=True)
    draws = np.empty((n_iter, objective.dim, len(unique)))
    for column, stream in enumerate(unique):
        seed = np.random.SeedSequence(objective.noise_seed, spawn_key=(int(stream),))
        draws[:, :, column] = sigma * np.random.default_rng(seed).standard_normal((n_iter, objective.dim))
    return lambda gradient, iteration: gradient + draws[iteration][:, inverse]


def _gradient(objective: Objective, x: Array) -> Array:
    return np.asarray(objective.gradient(x))  # a pair becomes (2, B)


def _update(optimizer: Optimizer, gradient: Array, state: Any, x: Array) -> Any:
    if optimizer.elementwise:
        return optimizer.update(gradient, state)
    return optimizer.update(gradient, state, x)  # type: ignore[call-arg]  # the wider form, see Optimizer


def _initial_state(optimizer: Optimizer, x: Array) -> tuple[Array, ...]:
    return tuple(np.broadcast_to(number, x.shape).astype(np.float64) for number in optimizer.init())


def _as_batch(starts: ArrayLike, dim: int) -> Array:
    points = np.asarray(starts, dtype=np.float64)
    if points.ndim not in (1, 2) or points.shape[0] != dim:
        raise InputError("starts", f"shape ({dim},) or ({dim}, B)", points.shape)
    return points.reshape(dim, -1)


def _hyperparameter_arrays(optimizer: Optimizer) -> dict[str, Array]:
    fields = {field.name: getattr(optimizer, field.name) for field in dataclasses.fields(optimizer)}
    return {name: value for name, value in fields.items() if np.ndim(value) == 1}


def _batch_width(points: Array, optimizer: Optimizer) -> int:
    widths = {name: len(value) for name, value in _hyperparameter_arrays(optimizer).items()}
    widths["starts"] = points.shape[1]
    several = {name: width for name, width in widths.items() if width != 1}
    if len(set(several.values())) > 1:
        raise InputError("starts", "one common number of runs B in starts and hyperparameters", several)
    return next(iter(several.values()), 1)


def _at(optimizer: Optimizer, part: slice) -> Optimizer:
    arrays = _hyperparameter_arrays(optimizer)
    sliced = {name: value[part] if len(value) > 1 else float(value[0]) for name, value in arrays.items()}
    return dataclasses.replace(optimizer, **sliced) if sliced else optimizer


def _view(trace: Trace, part: slice) -> Trace:
    return Trace(trace.points[:, :, part], trace.values[:, part], trace.gradient_norms[:, part], trace.first_bad[part])


def _chunks(width: int, dim: int) -> Iterator[slice]:
    step = max(1, _CHUNK // dim)
    for low in range(0, width, step):
        yield slice(low, min(low + step, width))
