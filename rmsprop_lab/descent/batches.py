"""Combines starts and hyperparameters into one batch of descents, for both engines."""

import dataclasses
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.errors import InputError

Carried: TypeAlias = dict[int, Any]
"""What an engine needs to continue descents, besides their points: states and noise. Each engine has its own form."""

_DRAWN = 4096  # noise vectors that a stream draws at once


def as_batch(starts: ArrayLike, dim: int) -> Array:
    """Converts starts `(d,)` or `(d, B)` to an array `(d, B)`.

    Raises:
        InputError: They are not numbers, or have another shape (key `starts`).
    """
    try:
        points = np.asarray(starts, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("starts", f"numbers of shape ({dim},) or ({dim}, B)", starts) from None
    if points.ndim not in (1, 2) or points.shape[0] != dim:
        raise InputError("starts", f"shape ({dim},) or ({dim}, B)", points.shape)
    return points.reshape(dim, -1)


def batch_width(points: Array, optimizer: Optimizer) -> int:
    """The number B of descents; single starts and hyperparameters are broadcast to it.

    Args:
        points: The starts, `(d, B)` or `(d, 1)`.
        optimizer: The update rule; each hyperparameter is a number or `(B,)`.

    Raises:
        InputError: Starts and hyperparameters have different numbers of descents (key `starts`).
    """
    widths = {name: len(value) for name, value in hyperparameter_arrays(optimizer).items()}
    widths["starts"] = points.shape[1]
    several = {name: width for name, width in widths.items() if width != 1}
    if len(set(several.values())) > 1:
        raise InputError("starts", "the same number of descents B in starts and all hyperparameters", several)
    return next(iter(several.values()), 1)


def chunks(width: int, size: int) -> Iterator[slice]:
    """Slices that cover `width` descents, `size` at a time."""
    for low in range(0, width, size):
        yield slice(low, min(low + size, width))


def at(optimizer: Optimizer, part: slice) -> Optimizer:
    """The optimizer with the hyperparameters of some of the descents."""
    arrays = hyperparameter_arrays(optimizer)
    sliced = {name: value[part] if len(value) > 1 else float(value[0]) for name, value in arrays.items()}
    return dataclasses.replace(optimizer, **sliced) if sliced else optimizer


def hyperparameter_arrays(optimizer: Optimizer) -> dict[str, Array]:
    """The hyperparameters that have one value per descent, `(B,)`."""
    fields = {field.name: getattr(optimizer, field.name) for field in dataclasses.fields(optimizer)}
    return {name: value for name, value in fields.items() if np.ndim(value) == 1}


class Noise:
    """The gradient noise of a batch. Each stream draws one vector `(d,)` per iteration, in order.

    Args:
        objective: The objective, which has the noise's standard deviation and seed.
        streams: The number of each descent's stream, `(B,)`; descents that share a number get the same noise.
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
        """Adds the noise of the next iteration to a gradient.

        Args:
            gradient: The gradient, `(d, B)`.
            left: Number of iterations that remain, this one included.
        """
        if self._sigma == 0.0:
            return gradient
        if self._used == len(self._draws):
            self._draws, self._used = np.empty((min(left, _DRAWN), self._dim, len(self._streams))), 0
            for column, stream in enumerate(self._streams):
                self._draws[:, :, column] = self._sigma * stream.standard_normal(self._draws.shape[:2])
        self._used += 1
        drawn: Array = self._draws[self._used - 1][:, self._inverse]
        return gradient + drawn
