"""Points within the bounds of an objective."""

import numpy as np

from rmsprop_lab.base import Array, Objective


def points(objective: Objective, count: int, seed: int = 0) -> Array:
    """`count` random points in the bounds, read-only: whoever writes into its input fails."""
    low, high = objective.bounds.T[:, :, np.newaxis]
    inside = low + np.random.default_rng(seed).random((objective.dim, count)) * (high - low)
    inside.flags.writeable = False
    return inside


def starts_on(objective: Objective, count: int) -> Array:
    low, high = objective.bounds.T[:, :, None]
    return low + np.random.default_rng(7).random((objective.dim, count)) * (high - low)
