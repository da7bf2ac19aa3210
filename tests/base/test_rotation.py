"""Random rotations."""

import math

import numpy as np
import pytest

from rmsprop_lab.base.rotation import orthogonal, rotate


@pytest.mark.parametrize("dim", [1, 2, 3, 10, 40])
def test_random_rotation_is_the_q_of_a_qr_decomposition(dim: int) -> None:
    matrix = orthogonal(dim, seed=5)
    assert np.abs(matrix.T @ matrix - np.eye(dim)).max() < 4e-16 * math.sqrt(dim) + 4e-16
    q, r = np.linalg.qr(np.random.default_rng(5).standard_normal((dim, dim)))
    np.testing.assert_allclose(matrix, q * np.sign(np.diag(r)), atol=1e-12)
    assert dim == 1 or np.abs(matrix - orthogonal(dim, seed=6)).max() > 0.1
    np.testing.assert_allclose(rotate(matrix, q), matrix @ q, atol=1e-14)
