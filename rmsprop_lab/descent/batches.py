"""Starts, hyperparameters and noise of a batch: B descents, computed as one array."""

import dataclasses
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.base.checks import real_array
from rmsprop_lab.descent.trace import shown
from rmsprop_lab.errors import Found, InputError

Carried: TypeAlias = dict[int, Any]
"""What an engine needs besides the points to continue descents: it fills an empty one and reads its own."""

_DRAWN, _MOST_DRAWN = 4096, 2**25  # vectors of noise of a stream that are drawn at once; numbers of all streams


def as_batch(starts: ArrayLike, dim: int) -> Array:
    """Starts `(d,)` or `(d, B)` as `(d, B)`; raises `InputError` for anything else."""
    expected = f"numbers of shape ({dim},) or ({dim}, B)"
    points = real_array(starts)
    if points is None:
        raise InputError("starts", expected, shown(starts))
    if points.ndim not in (1, 2) or len(points) != dim:
        turned = points.ndim == 2 and points.shape[1] == dim
        change = "Put the coordinates first: starts.T." if turned else ""
        raise InputError("starts", expected, Found(f"shape {points.shape}"), change)
    return points.reshape(dim, -1)


def as_streams(streams: ArrayLike | None, width: int) -> NDArray[np.int64]:
    """The noise streams of `width` descents, `(B,)`; raises `InputError` for anything but integers >= 0."""
    if streams is None:
        return np.arange(width)
    expected = f"an integer >= 0, or {width} of them, one per descent"
    numbers = _array("streams", streams, expected)
    if numbers.dtype.kind not in "iu" or (numbers < 0).any():
        raise InputError("streams", expected, shown(streams))
    if numbers.shape not in ((), (1,), (width,)):
        raise InputError("streams", expected, Found(f"shape {numbers.shape}"))
    return np.broadcast_to(numbers.astype(np.int64), (width,))


def _array(key: str, value: ArrayLike, expected: str) -> NDArray[Any]:
    try:
        return np.asarray(value)
    except (TypeError, ValueError):
        raise InputError(key, expected, shown(value)) from None


def batch_width(points: Array, optimizer: Optimizer) -> int:
    """B, the number of starts `(d, B)` or of sets of hyperparameters; where there is one of a kind it serves all."""
    widths = {name: len(value) for name, value in hyperparameter_arrays(optimizer).items()}
    widths["starts"] = points.shape[1]
    several = {name: width for name, width in widths.items() if width != 1}
    if len(set(several.values())) > 1:
        raise InputError("starts", "one common number of descents B in starts and hyperparameters", several)
    return next(iter(several.values()), 1)


def chunks(width: int, size: int) -> Iterator[slice]:
    """Slices of `width` descents, at most `size` in each."""
    for low in range(0, width, size):
        yield slice(low, min(low + size, width))


def at(optimizer: Optimizer, part: slice) -> Optimizer:
    """The optimizer with the hyperparameters of some of the descents."""
    arrays = hyperparameter_arrays(optimizer)
    sliced = {name: value[part] if len(value) > 1 else float(value[0]) for name, value in arrays.items()}
    return dataclasses.replace(optimizer, **sliced) if sliced else optimizer


def hyperparameter_arrays(optimizer: Optimizer) -> dict[str, Array]:
    """The hyperparameters that are given per descent, by name: `(B,)` each."""
    fields = {field.name: getattr(optimizer, field.name) for field in dataclasses.fields(optimizer)}
    return {name: value for name, value in fields.items() if np.ndim(value) == 1}


class Noise:
    """The gradient noise of B descents: each stream draws a vector `(d,)` for each iteration, one after the other.

    Descents with the same stream get the same vectors, whichever other descents are computed with them.
    """

    def __init__(self, objective: Objective, streams: NDArray[np.int64]) -> None:
        self._sigma, self._dim = objective.noise_sigma, objective.dim
        if self._sigma == 0.0:
            return
        unique, self._inverse = np.unique(streams, return_inverse=True)
        seeds = [np.random.SeedSequence(objective.noise_seed, spawn_key=(int(stream),)) for stream in unique]
        self._streams = [np.random.default_rng(seed) for seed in seeds]
        self._draws, self._used = np.empty((0, self._dim, 0)), 0

    def add(self, gradient: Array, left: int) -> Array:
        """The next iteration's gradient `(d, B)` with its noise; `left`: this iteration and those to come."""
        if self._sigma == 0.0:
            return gradient
        if self._used == len(self._draws):
            width = self._dim * len(self._streams)
            count = min(left, _DRAWN, max(1, _MOST_DRAWN // width))
            self._draws, self._used = np.empty((count, self._dim, len(self._streams))), 0
            for column, stream in enumerate(self._streams):
                self._draws[:, :, column] = self._sigma * stream.standard_normal(self._draws.shape[:2])
        self._used += 1
        drawn: Array = self._draws[self._used - 1][:, self._inverse]
        return gradient + drawn
