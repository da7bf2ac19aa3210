"""Starts: drawn, from the tutorial, or given."""

import numpy as np
import pytest

from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl, Rosenbrock
from rmsprop_lab.plan.starts import Starts, digest


def test_a_larger_count_extends_a_smaller_one() -> None:
    for method in ("uniform", "tutorial"):
        few, many = (Starts(method, count, seed=3).at(Rosenbrock(dim=4)) for count in (5, 50))
        assert many.shape == (4, 50)
        assert np.array_equal(many[:, :5], few)


def test_starts_fill_the_bounds_and_depend_on_the_seed() -> None:
    points = Starts(count=4000).at(Rosenbrock())
    assert points.min() >= -5
    assert points.max() <= 10
    np.testing.assert_allclose(points.mean(axis=1), 2.5, atol=0.3)
    assert not np.array_equal(points, Starts(count=4000, seed=1).at(Rosenbrock()))


def test_the_tutorial_start_is_the_published_one() -> None:
    np.testing.assert_allclose(Starts("tutorial", 1, 1).at(Bowl())[:, 0], [-0.16595599, 0.44064899], atol=1e-8)


def test_fixed_starts_are_rows_of_coordinates() -> None:
    points = Starts("fixed", points=((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))).at(Bowl())
    assert points.tolist() == [[1, 3, 5], [2, 4, 6]]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"method": "unifrom"}, "method"),
        ({"count": 0}, "count"),
        ({"count": 1.5}, "count"),
        ({"seed": -1}, "seed"),
        ({"method": "tutorial", "seed": 2**32}, "seed"),
        ({"method": "fixed"}, "points"),
    ],
)
def test_bad_settings_are_refused(fields: dict, key: str) -> None:
    with pytest.raises(InputError) as error:
        Starts(**fields)
    assert error.value.key == key


@pytest.mark.parametrize(
    "points", [((1.0,),), ((1.0, 2.0, 3.0),), ((1.0, np.nan),), ((1.0, "a"),), ((1.0, 2.0), (1.0,))]
)
def test_fixed_starts_of_another_dimension_are_refused(points: tuple) -> None:
    with pytest.raises(InputError, match="points: expected rows of"):
        Starts("fixed", points=points).at(Bowl())


def test_digest_tells_shapes_and_last_bits_apart() -> None:
    points = np.array([[1.0, 2.0]])
    assert digest(points) == digest(np.asfortranarray(points))
    assert len({digest(points), digest(points.T), digest(np.nextafter(points, 3))}) == 3
