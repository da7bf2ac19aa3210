"""The contract of every objective, found by itself."""

import contextlib

import numpy as np
import pytest
import yaml
from conftest import CONF, OBJECTIVES

from rmsprop_lab.base import Objective, total
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Beale, Bowl, Ellipsoid

FILES = {path.stem: yaml.safe_load(path.read_text()) for path in (CONF / "objective").glob("*.yaml")}
TARGETS = {entry[name]["_target_"].rpartition(".")[2]: (name, entry) for name, entry in FILES.items()}


def in_dimensions(cls: type[Objective], dims: tuple[int, ...]) -> list[Objective]:
    """The class at its default dimension and at those of `dims` that it has."""
    found = {cls().dim: cls()}
    for dim in dims:
        with contextlib.suppress(InputError):
            found[dim] = cls(dim=dim)
    return list(found.values())


CASES = [case for _, cls in sorted(OBJECTIVES.items()) for case in in_dimensions(cls, (1, 3, 9))]


@pytest.fixture(params=CASES, ids=lambda case: f"{type(case).__name__}-{case.dim}")
def objective(request: pytest.FixtureRequest) -> Objective:
    case: Objective = request.param
    return case


def points(objective: Objective, count: int, seed: int = 0) -> np.ndarray:
    low, high = objective.bounds.T[:, :, None]
    inside = low + np.random.default_rng(seed).random((objective.dim, count)) * (high - low)
    inside.flags.writeable = False  # whoever writes into its input fails
    return inside


def test_every_objective_has_a_yaml_with_its_defaults() -> None:
    assert set(TARGETS) == set(OBJECTIVES)
    for cls_name, (name, entry) in TARGETS.items():
        assert list(entry) == [name]
        default = OBJECTIVES[cls_name]()
        for field, value in entry[name].items():
            if field == "bounds":
                assert np.array_equal(np.broadcast_to(np.array(value, float), (default.dim, 2)), default.bounds)
            elif field != "_target_":
                assert float(value) == getattr(default, field)


def test_minimum_and_gradient_at_the_minimizers(objective: Objective) -> None:
    if objective.minimizers is None:
        pytest.skip("no known minimizer")
    at = np.asarray(objective.minimizers)
    assert at.shape[0] == objective.dim
    np.testing.assert_allclose(objective.value(at), objective.minimum, atol=1e-12, rtol=1e-14)
    curvature = np.abs(np.asarray(objective.gradient(at + 1e-6))).max() / 1e-6
    assert np.abs(np.asarray(objective.gradient(at))).max() <= 1e-13 * max(1.0, curvature)


def test_gradient_against_central_differences(objective: Objective) -> None:
    at = points(objective, 1000)
    found = np.asarray(objective.gradient(at))
    scale = np.abs(found).max(axis=0) + np.abs(objective.value(at)) + 1.0
    for i in range(objective.dim):
        h = 1e-6 * np.maximum(1.0, np.abs(at[i]))
        up, down = at.copy(), at.copy()
        up[i] += h
        down[i] -= h
        difference = (objective.value(up) - objective.value(down)) / (up[i] - down[i])
        assert (np.abs(difference - found[i]) / scale).max() < 1e-6


def test_nothing_in_the_bounds_lies_below_the_minimum(objective: Objective) -> None:
    if objective.minimum is not None:
        assert objective.value(points(objective, 20_000)).min() >= objective.minimum - 1e-12


def test_one_point_a_batch_and_a_mesh_agree_bit_for_bit(objective: Objective) -> None:
    batch = points(objective, 24)
    values, gradients = objective.value(batch), np.asarray(objective.gradient(batch))
    mesh = batch.reshape(objective.dim, 4, 6)
    assert np.array_equal(objective.value(mesh), values.reshape(4, 6))
    assert np.array_equal(np.asarray(objective.gradient(mesh)), gradients.reshape(-1, 4, 6))
    for j in range(24):
        column = np.ascontiguousarray(batch[:, j : j + 1])
        assert np.array_equal(objective.value(column), values[j : j + 1])
        assert np.array_equal(np.asarray(objective.gradient(column)), gradients[:, j : j + 1])
        single = objective.value(batch[:, j])
        assert np.shape(single) == ()
        np.testing.assert_allclose(single, values[j], rtol=1e-13)
        np.testing.assert_allclose(np.asarray(objective.gradient(batch[:, j])), gradients[:, j], rtol=1e-9, atol=1e-9)


def test_docstring_gives_formula_source_and_shapes(objective: Objective) -> None:
    text = type(objective).__doc__ or ""
    assert "f(" in text
    assert "Source:" in text
    assert "Shapes:" in text


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


def test_total_adds_row_by_row_whatever_the_width() -> None:
    terms = np.random.default_rng(0).normal(size=(33, 7)) * np.logspace(0, 12, 33)[:, None]
    wide = total(terms)
    for j in range(7):
        assert total(np.ascontiguousarray(terms[:, j : j + 1]))[0] == wide[j]
