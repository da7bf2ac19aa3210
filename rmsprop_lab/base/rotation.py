"""Rotations that are the same to the last bit on every machine: row by row, without BLAS or LAPACK."""

import numpy as np

from rmsprop_lab.base import Array, total
from rmsprop_lab.errors import InputError


def orthogonal(dim: int, seed: int) -> Array:
    """A random orthogonal matrix `(dim, dim)`, uniform among all of them.

    It is the Q of the QR decomposition of a matrix of normal numbers from `default_rng(seed)`, with the signs
    for which R's diagonal is positive (Mezzadri, *How to generate random matrices from the classical
    compact groups*, Notices of the AMS 54, 2007), by Gram-Schmidt.

    Raises `InputError` for a seed that is no integer >= 0.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError("seed", "an integer >= 0", seed)
    matrix = np.random.default_rng(seed).standard_normal((dim, dim))
    for _ in range(2):  # the second pass removes what rounding left of the other directions
        for j in range(dim):
            column = matrix[:, j] / np.sqrt(total(matrix[:, j] * matrix[:, j]))
            matrix[:, j] = column
            rest = matrix[:, j + 1 :]
            rest -= column[:, np.newaxis] * total(column[:, np.newaxis] * rest)
    return matrix


def rotate(matrix: Array, point: Array) -> Array:
    """`matrix` times `point`, `(d, ...)` to `(d, ...)`: each row adds `matrix[i, j] * point[j]` in the order of j."""
    columns = point.reshape(len(point), -1)
    result = np.zeros_like(columns)
    for j in range(len(columns)):
        result += matrix[:, j : j + 1] * columns[j : j + 1]
    return result.reshape(point.shape)
