"""Where a path is cut: where it leaves for good, and before what is not finite."""

import numpy as np
import pytest

from rmsprop_lab.plots.paths import path_in

WINDOW = np.array([[-1.0, 1.0], [-1.0, 1.0]])


@pytest.mark.parametrize("end", [(np.inf, -np.inf), (np.nan, 0.0), (0.5, np.inf)])
def test_a_path_ends_before_its_first_point_that_is_not_finite(end: tuple[float, float]) -> None:
    path, left_at = path_in(np.array([[0.5, 0.5], [0.9, -0.9], end, [0.0, 0.0]]), WINDOW)
    np.testing.assert_array_equal(path[:2], [[0.5, 0.5], [0.9, -0.9]])
    assert np.isnan(path[2:]).all()
    assert left_at.tolist() == [0.9, -0.9]


def test_a_path_leaves_where_it_crosses_the_border_for_the_last_time() -> None:
    assert path_in(np.array([[0.0, 0.0], [3.0, 1.5], [0.5, 0.5]]), WINDOW)[1] is None
    assert path_in(np.array([[0.0, 0.0], [3.0, 0.0], [0.5, 0.0], [0.5, -9.0]]), WINDOW)[1].tolist() == [0.5, -1.0]
    assert path_in(np.array([[0.0, 0.0], [4.0, 2.0], [np.inf, 2.0]]), WINDOW)[1].tolist() == [1.0, 0.5]
    assert path_in(np.array([[0.0, 0.0], [1e308, -1e308], [0.0, 0.0]]), WINDOW)[1].tolist() == [1.0, -1.0]
    assert path_in(np.full((3, 2), np.nan), WINDOW)[1] is None
