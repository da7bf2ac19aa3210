"""Starts and hyperparameters as one batch of descents: what the engines have in common."""

import dataclasses
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.errors import InputError

Carried: TypeAlias = dict[int, Any]
"""What descents need to go on where they stopped, besides their points: an engine's own, filled and read by it."""

_DRAWN = 4096  # vectors of noise of a stream that are drawn at once


def as_batch(starts: ArrayLike, dim: int) -> Array:
    """`(d,)` or `(d, B)` as `(d, B)`."""
    try:
        points = np.asarray(starts, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("starts", f"numbers of shape ({dim},) or ({dim}, B)", starts) from None
    if points.ndim not in (1, 2) or points.shape[0] != dim:
        raise InputError("starts", f"shape ({dim},) or ({dim}, B)", points.shape)
    return points.reshape(dim, -1)


def batch_width(points: Array, optimizer: Optimizer) -> int:
    """B, against which everything single is broadcast."""
    widths = {name: len(value) for name, value in hyperparameter_arrays(optimizer).items()}
    widths["starts"] = points.shape[1]
    several = {name: width for name, width in widths.items() if width != 1}
    if len(set(several.values())) > 1:
        raise InputError("starts", "one common number of runs B in starts and hyperparameters", several)
    return next(iter(several.values()), 1)


def chunks(width: int, size: int) -> Iterator[slice]:
    """`width` runs, `size` at a time."""
    for low in range(0, width, size):
        yield slice(low, min(low + size, width))


def at(optimizer: Optimizer, part: slice) -> Optimizer:
    """The optimizer of some of the runs."""
    arrays = hyperparameter_arrays(optimizer)
    sliced = {name: value[part] if len(value) > 1 else float(value[0]) for name, value in arrays.items()}
    return dataclasses.replace(optimizer, **sliced) if sliced else optimizer


def hyperparameter_arrays(optimizer: Optimizer) -> dict[str, Array]:
    """The hyperparameters that are given per run."""
    fields = {field.name: getattr(optimizer, field.name) for field in dataclasses.fields(optimizer)}
    return {name: value for name, value in fields.items() if np.ndim(value) == 1}


class Noise:
    """The noise of each start: every stream draws its vectors of d in order, iteration by iteration."""

    def __init__(self, objective: Objective, streams: NDArray[np.int64]) -> None:
        self._sigma, self._dim = objective.noise_sigma, objective.dim
        if self._sigma == 0.0:
            return
        unique, self._inverse = np.unique(streams, return_inverse=True)
        seeds = [np.random.SeedSequence(objective.noise_seed, spawn_key=(int(stream),)) for stream in unique]
        self._streams = [np.random.default_rng(seed) for seed in seeds]
        self._draws, self._used = np.empty((0, self._dim, 0)), 0

    def add(self, gradient: Array, left: int) -> Array:
        """The gradient of the next iteration with its noise; `left`: the iterations to come, this one among them."""
        if self._sigma == 0.0:
            return gradient
        if self._used == len(self._draws):
            self._draws, self._used = np.empty((min(left, _DRAWN), self._dim, len(self._streams))), 0
            for column, stream in enumerate(self._streams):
                self._draws[:, :, column] = self._sigma * stream.standard_normal(self._draws.shape[:2])
        self._used += 1
        drawn: Array = self._draws[self._used - 1][:, self._inverse]
        return gradient + drawn
