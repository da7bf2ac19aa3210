"""Random rotations, computed row by row, without BLAS or LAPACK: the same bits on every machine."""

import numpy as np

from rmsprop_lab.base import Array, total
from rmsprop_lab.base.checks import integer


def orthogonal(dim: int, seed: int) -> Array:
    """A random orthogonal matrix `(dim, dim)`, uniformly distributed; it may mirror as well as rotate.

    It is the Q of the QR decomposition of a matrix of normal numbers, with R's diagonal positive, by Gram-Schmidt.

    Args:
        dim: Number of rows and columns.
        seed: Seed of the normal numbers, an integer >= 0.

    Raises:
        InputError: `seed` is not an integer >= 0.

    Source: Mezzadri, *How to generate random matrices from the classical compact groups*, Notices of the AMS 54 (2007).

    >>> matrix = orthogonal(3, seed=0)
    >>> np.allclose(matrix @ matrix.T, np.eye(3))
    True
    """
    matrix = np.random.default_rng(integer(seed, "seed", 0)).standard_normal((dim, dim))
    for _ in range(2):  # the second pass removes what rounding left along the other columns
        for j in range(dim):
            column = matrix[:, j] / np.sqrt(total(matrix[:, j] * matrix[:, j]))
            matrix[:, j] = column
            rest = matrix[:, j + 1 :]
            rest -= column[:, np.newaxis] * total(column[:, np.newaxis] * rest)
    return matrix


def rotate(matrix: Array, point: Array) -> Array:
    """`matrix` `(d, d)` times `point` `(d, ...)`, summed in the order of the columns whatever the shape.

    >>> rotate(np.array([[0.0, -1.0], [1.0, 0.0]]), np.array([3.0, 4.0]))
    array([-4.,  3.])
    """
    columns = point.reshape(len(point), -1)
    result = np.zeros_like(columns)
    for j in range(len(columns)):
        result += matrix[:, j : j + 1] * columns[j : j + 1]
    return result.reshape(point.shape)
