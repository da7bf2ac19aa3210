"""What an objective inherits: bounds, dimensions, central differences."""

import numpy as np
import pytest

from rmsprop_lab import descend
from rmsprop_lab.base import Array, Bounds, Objective
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Beale, Bowl, Ellipsoid
from rmsprop_lab.optimizers import GD


class Plain(Objective):
    def value(self, point: Array) -> Array:
        return np.cos(point[0]) * point[1] * point[1]


def test_central_differences_are_close_and_the_same_in_any_batch() -> None:
    bounds: Bounds = (-3.0, 3.0)
    objective = Plain(dim=2, bounds=bounds)
    points = np.random.default_rng(0).uniform(-3, 3, (2, 50))
    exact = np.stack([-np.sin(points[0]) * points[1] * points[1], 2 * np.cos(points[0]) * points[1]])
    np.testing.assert_allclose(np.asarray(objective.gradient(points)), exact, atol=1e-8)
    together = descend(objective, GD(0.01), points, 20)
    alone = descend(objective, GD(0.01), points[:, 7], 20)
    assert np.array_equal(together.points[..., 7], alone.points[..., 0])


def test_bounds_are_one_row_per_dimension() -> None:
    assert Bowl(dim=3, bounds=(-1, 2)).bounds.tolist() == [[-1, 2]] * 3
    assert Bowl(bounds=[[-1, 1], [0, 5]]).bounds.tolist() == [[-1, 1], [0, 5]]


@pytest.mark.parametrize("bounds", [(1, -1), (0, 0), (0, np.inf), [[0, 1]], "ab", [[-1, 1], [5, 0]], None])
def test_bad_bounds_are_refused(bounds: object) -> None:
    with pytest.raises(InputError, match="bounds: expected"):
        Bowl(bounds=bounds)


def test_bad_dimensions_are_refused() -> None:
    for cls, dim in ((Bowl, 0), (Bowl, 2.0), (Bowl, True), (Ellipsoid, 1), (Beale, 3)):
        with pytest.raises(InputError, match="dim: expected"):
            cls(dim=dim)
