"""What is known about every objective, checked for each class that is there, in several dimensions."""

import ast
import contextlib
import inspect
import math
import textwrap

import numpy as np
import pytest
from support.catalogue import OBJECTIVES
from support.points import points

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.base.rotation import orthogonal
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import (
    Ackley,
    Branin,
    DixonPrice,
    Ellipsoid,
    Logistic,
    Michalewicz,
    MonkeySaddle,
    Powell,
    RotatedEllipsoid,
)


def in_dimensions(cls: type[Objective], dims: tuple[int, ...]) -> list[Objective]:
    """The class at its default dimension, first, and at those of `dims` that it has."""
    found = {cls().dim: cls()}
    for dim in dims:
        with contextlib.suppress(InputError):
            found[dim] = cls(dim=dim)
    return list(found.values())


CASES = [case for _, cls in sorted(OBJECTIVES.items()) for case in in_dimensions(cls, (1, 2, 3, 4, 5, 8, 10))]
every = pytest.mark.parametrize("objective", CASES, ids=lambda case: f"{type(case).__name__}-{case.dim}")
every_class = pytest.mark.parametrize("cls", [cls for _, cls in sorted(OBJECTIVES.items())])
with_minimum = pytest.mark.parametrize(
    "objective",
    [case for case in CASES if case.minimum is not None],
    ids=lambda case: f"{type(case).__name__}-{case.dim}",
)


def slope(objective: Objective, point: Array) -> Array:
    return np.asarray(objective.gradient(point))


def rounding(objective: Objective) -> float:
    return 1e-12 * max(1.0, abs(objective.minimum))


def test_classes_are_found() -> None:
    assert {"Bowl", "Branin", "Logistic", "RotatedEllipsoid"} <= set(OBJECTIVES)


@every
def test_minimum_and_minimizers_are_known_together(objective: Objective) -> None:
    assert (objective.minimum is None) == (objective.minimizers is None)
    if objective.minimizers is not None:
        assert objective.minimizers.ndim == 2
        assert objective.minimizers.shape[0] == objective.dim
        assert len(np.unique(objective.minimizers, axis=1).T) == objective.minimizers.shape[1]
        low, high = objective.bounds.T[:, :, np.newaxis]
        assert ((low <= objective.minimizers) & (objective.minimizers <= high)).all()


@with_minimum
def test_value_at_the_minimizers_is_the_minimum(objective: Objective) -> None:
    assert np.abs(objective.value(objective.minimizers) - objective.minimum).max() <= rounding(objective)


@with_minimum
def test_gradient_at_the_minimizers_is_zero(objective: Objective) -> None:
    steepest = np.abs(slope(objective, points(objective, 1000))).max()
    assert np.abs(slope(objective, objective.minimizers)).max() <= 1e-13 * max(1.0, steepest)


@with_minimum
def test_nothing_in_the_bounds_lies_below_the_minimum(objective: Objective) -> None:
    assert objective.value(points(objective, 20_000)).min() >= objective.minimum - rounding(objective)


@with_minimum
@pytest.mark.parametrize("distance", [1e-1, 1e-2, 1e-3, 1e-5])
def test_nothing_near_the_minimizers_lies_below_the_minimum(objective: Objective, distance: float) -> None:
    around = distance * np.random.default_rng(1).normal(size=(objective.dim, 1, 1000))
    values = objective.value(objective.minimizers[:, :, np.newaxis] + around)
    assert values.min() >= objective.minimum - rounding(objective)
    assert (values.max(axis=1) > objective.minimum).all()


@every
def test_gradient_against_central_differences(objective: Objective) -> None:
    # Fourth order, so that a step can be large enough for values of 1e6 and gradients near 1; a power of two,
    # so that x + h is exact.
    at, h = points(objective, 1000), 2.0**-13
    found = slope(objective, at)
    scale = np.abs(found).max(axis=0)
    scale = np.maximum(scale, 1e-3 * np.median(scale))
    for i in range(objective.dim):
        steps = np.zeros((objective.dim, 1))
        steps[i] = h
        near = objective.value(at + steps) - objective.value(at - steps)
        far = objective.value(at + 2.0 * steps) - objective.value(at - 2.0 * steps)
        assert (np.abs((8.0 * near - far) / (12.0 * h) - found[i]) / scale).max() < 1e-6


@every
def test_batch_mesh_view_and_single_point_agree_bit_for_bit(objective: Objective) -> None:
    batch = points(objective, 35)
    before = batch.copy()
    values, slopes = objective.value(batch), slope(objective, batch)
    assert values.shape == (35,)
    assert slopes.shape == batch.shape
    for j in range(35):
        for single in (batch[:, j], np.ascontiguousarray(batch[:, j]), np.ascontiguousarray(batch[:, j : j + 1])):
            assert np.array_equal(np.ravel(objective.value(single)), values[j : j + 1])
            assert np.array_equal(slope(objective, single), slopes[:, j].reshape(single.shape))
        assert np.shape(objective.value(batch[:, j])) == ()
    for part in (slice(0, 9), slice(3, None), slice(None, None, 2), slice(None, None, -1)):
        assert np.array_equal(objective.value(batch[:, part]), values[part])
        assert np.array_equal(slope(objective, batch[:, part]), slopes[:, part])
    mesh = batch.reshape(-1, 5, 7)
    assert np.array_equal(objective.value(mesh), values.reshape(5, 7))
    assert np.array_equal(slope(objective, mesh), slopes.reshape(-1, 5, 7))
    turned = mesh.transpose(0, 2, 1)
    assert np.array_equal(objective.value(turned), values.reshape(5, 7).T)
    assert np.array_equal(slope(objective, turned), slopes.reshape(-1, 5, 7).transpose(0, 2, 1))
    assert np.array_equal(batch, before)


@every_class
def test_arithmetic_gives_the_same_bits_in_any_shape(cls: type[Objective]) -> None:
    """Powers are products, sums are row by row; `exact` means no function but the square root."""
    trees = [ast.parse(textwrap.dedent(inspect.getsource(method))) for method in (cls.value, cls.gradient)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    assert not [node for node in nodes if isinstance(node, ast.Pow | ast.MatMult)]
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    assert not names & {"sum", "prod", "mean", "cumsum", "cumprod", "dot", "matmul", "einsum", "power", "norm"}
    if cls.exact:
        assert not names & {"sin", "cos", "tan", "exp", "expm1", "log", "log1p", "logaddexp", "tanh", "cosh", "hypot"}


@every_class
def test_planar_means_two_dimensions_only(cls: type[Objective]) -> None:
    if cls.planar:
        for dim in (1, 3):
            with pytest.raises(InputError, match="dim: expected 2"):
                cls(dim=dim)
    else:
        assert len(in_dimensions(cls, tuple(range(1, 9)))) > 1


@pytest.mark.parametrize(
    ("cls", "settings", "key"),
    [
        (Powell, {"dim": 3}, "dim"),
        (Powell, {"dim": 6}, "dim"),
        (Powell, {"dim": 0}, "dim"),
        (Logistic, {"dim": 1}, "dim"),
        (Logistic, {"dim": 6}, "dim"),
        (DixonPrice, {"dim": 1}, "dim"),
        (RotatedEllipsoid, {"dim": 1}, "dim"),
        (RotatedEllipsoid, {"condition": 0.5}, "condition"),
        (RotatedEllipsoid, {"seed": -1}, "seed"),
        (RotatedEllipsoid, {"seed": 1.5}, "seed"),
    ],
)
def test_bad_settings_are_refused(cls: type[Objective], settings: dict[str, object], key: str) -> None:
    with pytest.raises(InputError) as error:
        cls(**settings)
    assert error.value.key == key


@pytest.mark.parametrize(
    ("dim", "minimum"),
    [(1, -0.8013034100985525), (2, -1.8013034100985525), (5, -4.687658179088146), (10, -9.66015171564134)],
)
def test_michalewicz_has_the_published_minima(dim: int, minimum: float) -> None:
    assert Michalewicz(dim=dim).minimum == pytest.approx(minimum, abs=4e-15)


def test_michalewicz_is_lowest_in_the_best_of_all_valleys() -> None:
    for i, x in enumerate(Michalewicz(dim=300).minimizers[:, 0], start=1):
        reached = -np.sin(x) * np.sin(i * x * x / np.pi) ** 20
        middles = np.pi * np.sqrt((np.arange(i) + 0.5) / i)  # of the valleys, where the second sine is 1
        assert reached <= -np.sin(middles).max()
        fine = x + np.linspace(-1, 1, 2001) * 0.1 / i
        assert reached <= (-np.sin(fine) * np.sin(i * fine * fine / np.pi) ** 20).min() + 1e-15


def test_michalewicz_second_minimizer_is_half_pi() -> None:
    assert Michalewicz().minimizers[:, 0] == pytest.approx([2.202905520177, np.pi / 2], abs=1e-9)


def test_branin_minimum_in_closed_form() -> None:
    assert Branin.minimum == pytest.approx(5 / (4 * math.pi), abs=1e-16)


def test_dixon_price_has_no_third_minimizer() -> None:
    objective = DixonPrice(dim=5)
    for i in range(4):  # only the last coordinate may change its sign
        mirrored = objective.minimizers[:, 0].copy()
        mirrored[i] *= -1
        assert objective.value(mirrored) > 0.1


def test_ackley_has_slope_zero_on_its_kink_and_one_beside_it() -> None:
    objective = Ackley(dim=3)
    tip = np.zeros((3, 4))
    tip[0, 1:] = 1e-200, 1e-9, -1e-9  # the square of the first is 0
    with np.errstate(all="raise", under="ignore"):
        found = slope(objective, tip)
    assert np.isfinite(found).all()
    assert not found[:, 0].any()
    assert found[0, 2:] == pytest.approx([4 / math.sqrt(3), -4 / math.sqrt(3)], rel=1e-6)


def test_monkey_saddle_is_flat_at_zero_and_has_no_minimum() -> None:
    objective = MonkeySaddle()
    assert objective.minimum is None
    assert not slope(objective, np.zeros(2)).any()
    assert objective.value(np.array([-1e3, 0.0])) == -1e9


def test_logistic_is_finite_far_out() -> None:
    far = np.array([[1e5, -1e5], [-1e5, 1e5]])
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(Logistic(dim=2).value(far)).all()
        assert np.isfinite(slope(Logistic(dim=2), far)).all()


def test_logistic_features_are_standardised() -> None:
    labels = np.sign(Logistic().design[:, :1])
    features = labels * Logistic().design
    assert labels.sum() == 0
    assert features.mean(axis=0) == pytest.approx([1, 0, 0, 0, 0], abs=1e-14)
    assert features.std(axis=0) == pytest.approx([0, 1, 1, 1, 1], abs=1e-14)


def test_rotated_ellipsoid_is_the_ellipsoid_turned() -> None:
    turned, straight = RotatedEllipsoid(dim=4, seed=2, condition=50.0), Ellipsoid(dim=4, condition=50.0)
    at = points(turned, 50)
    np.testing.assert_allclose(turned.value(at), straight.value(orthogonal(4, 2) @ at), rtol=1e-12)
    hessian = slope(turned, np.eye(4))
    assert np.linalg.eigvalsh(hessian) == pytest.approx(2 * straight.weights, rel=1e-12)
    assert np.abs(hessian - np.diag(np.diag(hessian))).max() > 1.0
