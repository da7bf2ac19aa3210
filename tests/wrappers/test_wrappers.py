"""Rotated, shifted, scaled, noisy: what they do to an objective, alone and one inside the other."""

import inspect

import numpy as np
import pytest
from support.points import points

from rmsprop_lab.base import Objective
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.base.rotation import orthogonal
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import (
    Ackley,
    Beale,
    Bowl,
    Branin,
    Ellipsoid,
    Griewank,
    Logistic,
    Michalewicz,
    MonkeySaddle,
    Powell,
    Rastrigin,
    RotatedEllipsoid,
    SixHumpCamel,
)
from rmsprop_lab.wrappers import Noisy, Rotated, Scaled, Shifted

INNER = [Bowl(dim=1), Branin(), Rastrigin(dim=5), Ackley(dim=3), Powell(), Michalewicz(dim=10), Logistic(dim=3)]
WRAPPERS = {
    "rotated": lambda inner: Rotated(inner, seed=4),
    "rotated-about-a-point": lambda inner: Rotated(inner, seed=1, centre=np.linspace(-1, 2, inner.dim)),
    "shifted": lambda inner: Shifted(inner, -0.7),
    "shifted-each": lambda inner: Shifted(inner, np.linspace(0.3, 2, inner.dim)),
    "scaled": lambda inner: Scaled(inner, scale=2.5, value_scale=0.3),
    "noisy": lambda inner: Noisy(inner, sigma=0.4, seed=7),
    "rotated-shifted": lambda inner: Rotated(Shifted(inner, 1.5), seed=3),
    "all-four": lambda inner: Noisy(Scaled(Shifted(Rotated(inner, seed=2), -1.0), scale=0.4, value_scale=7.0), 0.1),
}
CASES = [
    pytest.param(wrap(inner), id=f"{name}-{type(inner).__name__}") for name, wrap in WRAPPERS.items() for inner in INNER
]
every = pytest.mark.parametrize("objective", CASES)


def test_every_wrapper_is_tested() -> None:
    assert set(classes_in("rmsprop_lab.wrappers", Objective)) == {"Noisy", "Rotated", "Scaled", "Shifted"}


@every
def test_minimum_at_the_minimizers(objective: Objective) -> None:
    assert objective.minimizers.shape[0] == objective.dim
    # A minimizer moves to another double: up to one rounding of x, whose square times the curvature counts,
    # and with Ackley's kink the rounding itself.
    rounding = 1e-13 * np.abs(objective.gradient(points(objective, 500))).max()
    tolerance = 1e-12 * max(1.0, abs(objective.minimum)) + rounding
    assert np.abs(objective.value(objective.minimizers) - objective.minimum).max() <= tolerance
    lowest = objective.value(
        objective.minimizers[:, :, np.newaxis] + 1e-2 * np.random.default_rng(1).normal(size=(objective.dim, 1, 500))
    )
    assert lowest.min() >= objective.minimum - tolerance


@every
def test_gradient_against_central_differences(objective: Objective) -> None:
    at, h = points(objective, 300), 2.0**-14
    found = np.asarray(objective.gradient(at))
    scale = np.abs(found).max(axis=0)
    scale = np.maximum(scale, 1e-3 * np.median(scale))
    for i in range(objective.dim):
        steps = np.zeros((objective.dim, 1))
        steps[i] = h
        near = objective.value(at + steps) - objective.value(at - steps)
        far = objective.value(at + 2.0 * steps) - objective.value(at - 2.0 * steps)
        assert (np.abs((8.0 * near - far) / (12.0 * h) - found[i]) / scale).max() < 1e-6


@every
def test_batch_mesh_and_single_point_agree_bit_for_bit(objective: Objective) -> None:
    batch = points(objective, 15)
    values, slopes = objective.value(batch), np.asarray(objective.gradient(batch))
    assert values.shape == (15,)
    for j in range(15):
        for single in (batch[:, j], np.ascontiguousarray(batch[:, j : j + 1])):
            assert np.array_equal(np.ravel(objective.value(single)), values[j : j + 1])
            assert np.array_equal(objective.gradient(single), slopes[:, j].reshape(single.shape))
    mesh = batch.reshape(-1, 3, 5)
    assert np.array_equal(objective.value(mesh), values.reshape(3, 5))
    assert np.array_equal(objective.gradient(mesh), slopes.reshape(-1, 3, 5))
    turned = mesh.transpose(0, 2, 1)
    assert np.array_equal(objective.value(turned), values.reshape(3, 5).T)
    assert np.array_equal(objective.gradient(turned), slopes.reshape(-1, 3, 5).transpose(0, 2, 1))


def test_rotated_is_the_inner_objective_at_the_turned_point() -> None:
    inner, centre = Rastrigin(dim=4), np.array([1.0, -2.0, 0.5, 3.0])
    turned, at = Rotated(inner, seed=9, centre=centre), points(inner, 40)
    expected = inner.value(centre[:, None] + orthogonal(4, 9) @ (at - centre[:, None]))
    np.testing.assert_allclose(turned.value(at), expected, rtol=1e-11)
    assert turned.value(centre) == inner.value(centre)
    assert np.array_equal(turned.bounds, inner.bounds)


def test_rotated_ellipsoid_is_a_rotated_ellipsoid() -> None:
    at = points(Bowl(dim=3), 20)
    wrapped, own = Rotated(Ellipsoid(dim=3), seed=6), RotatedEllipsoid(dim=3, seed=6)
    assert np.array_equal(wrapped.value(at), own.value(at))
    assert np.array_equal(wrapped.gradient(at), own.gradient(at))


def test_rotated_seed_decides_the_rotation() -> None:
    point = np.array([0.3, -0.8])
    values = [Rotated(Ellipsoid(), seed=seed).value(point) for seed in (0, 0, 1)]
    assert values[0] == values[1] != values[2]


def test_shifted_moves_minimizers_bounds_and_window() -> None:
    moved = Shifted(SixHumpCamel(), [1.0, -2.0])
    assert moved.bounds.tolist() == [[-2, 4], [-4, 0]]
    np.testing.assert_allclose(moved.minimizers - SixHumpCamel().minimizers, [[1, 1], [-2, -2]], rtol=1e-15)
    assert np.asarray(moved.plot_window).tolist() == [[-1, 3], [-3.2, -0.8]]
    assert moved.value(np.array([1.5, -1.5])) == SixHumpCamel().value(np.array([0.5, 0.5]))


def test_scaled_widens_and_heightens() -> None:
    wide = Scaled(SixHumpCamel(), scale=4.0, value_scale=0.5)
    assert wide.bounds.tolist() == [[-12, 12], [-8, 8]]
    assert wide.minimum == 0.5 * SixHumpCamel.minimum
    assert np.array_equal(wide.minimizers, 4.0 * SixHumpCamel.minimizers)
    assert np.asarray(wide.plot_window)[0].tolist() == [-8, 8]
    assert wide.value(np.array([4.0, 2.0])) == 0.5 * SixHumpCamel().value(np.array([1.0, 0.5]))


def test_noisy_keeps_value_and_gradient_clean() -> None:
    inner, at = Griewank(dim=4), points(Griewank(dim=4), 10)
    noisy = Noisy(inner, sigma=0.25, seed=3)
    assert np.array_equal(noisy.value(at), inner.value(at))
    assert np.array_equal(noisy.gradient(at), inner.gradient(at))
    assert (noisy.noise_sigma, noisy.noise_seed) == (0.25, 3)
    assert np.array_equal(noisy.plot_window, inner.plot_window)


def test_noise_passes_through_other_wrappers() -> None:
    noisy = Noisy(Bowl(), sigma=3.0, seed=5)
    for outer in (Rotated(noisy, seed=1), Shifted(noisy, 1.0)):
        assert (outer.noise_sigma, outer.noise_seed) == (3.0, 5)
    assert Scaled(noisy, scale=2.0, value_scale=4.0).noise_sigma == 6.0  # as the gradient
    twice = Noisy(noisy, sigma=4.0, seed=8)
    assert (twice.noise_sigma, twice.noise_seed) == (5.0, 8)
    assert Rotated(Bowl()).noise_sigma == 0.0


@pytest.mark.parametrize("name", sorted(WRAPPERS))
def test_an_unknown_minimum_stays_unknown(name: str) -> None:
    wrapped = WRAPPERS[name](MonkeySaddle())
    assert wrapped.minimum is None
    assert wrapped.minimizers is None
    assert wrapped.plot_window is None


@pytest.mark.parametrize("name", sorted(WRAPPERS))
def test_bounds_can_be_given(name: str) -> None:
    cls = type(WRAPPERS[name](Beale()))
    assert cls(Beale(), bounds=(-1, 2)).bounds.tolist() == [[-1, 2], [-1, 2]]
    with pytest.raises(InputError, match="bounds: expected"):
        cls(Beale(), bounds=(2, -1))
    assert "bounds" in inspect.signature(cls).parameters
    assert "dim" not in inspect.signature(cls).parameters


@pytest.mark.parametrize(
    ("cls", "settings", "key"),
    [
        (Rotated, {"seed": -1}, "seed"),
        (Rotated, {"seed": True}, "seed"),
        (Rotated, {"centre": [1.0, 2.0, 3.0]}, "centre"),
        (Rotated, {"centre": "x"}, "centre"),
        (Shifted, {"shift": np.inf}, "shift"),
        (Shifted, {"shift": [[1.0, 2.0]]}, "shift"),
        (Shifted, {"shift": None}, "shift"),
        (Scaled, {"scale": 0.0}, "scale"),
        (Scaled, {"scale": np.inf}, "scale"),
        (Scaled, {"value_scale": -1.0}, "value_scale"),
        (Noisy, {"sigma": -0.1}, "sigma"),
        (Noisy, {"sigma": np.nan}, "sigma"),
        (Noisy, {"sigma": "1"}, "sigma"),
        (Noisy, {"seed": -1}, "seed"),
    ],
)
def test_bad_settings_are_refused(cls: type[Objective], settings: dict[str, object], key: str) -> None:
    with pytest.raises(InputError) as error:
        cls(Beale(), **settings)
    assert error.value.key == key


@pytest.mark.parametrize("cls", [Rotated, Shifted, Scaled, Noisy])
def test_only_objectives_are_wrapped(cls: type[Objective]) -> None:
    with pytest.raises(InputError, match="objective: expected an objective, found 3"):
        cls(3)
    with pytest.raises(InputError, match="objective: expected an objective"):
        cls(Beale)
