"""Starts and hyperparameters as one batch of descents: what the engines have in common."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.errors import InputError

Noise: TypeAlias = Callable[[Array, int], Array]


def as_batch(starts: ArrayLike, dim: int) -> Array:
    """`(d,)` or `(d, B)` as `(d, B)`."""
    points = np.asarray(starts, dtype=np.float64)
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


def noise_of(objective: Objective, streams: NDArray[np.int64], n_iter: int) -> Noise:
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
