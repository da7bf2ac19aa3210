"""Every objective has its YAML and its docstring; bounds and dimensions are checked. Facts: test_objective_facts."""

import numpy as np
import pytest
import yaml
from support.catalogue import CONF, OBJECTIVES

from rmsprop_lab.base import Objective, total
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Beale, Bowl, Ellipsoid

FILES = {path.stem: yaml.safe_load(path.read_text()) for path in (CONF / "objective").glob("*.yaml")}
TARGETS = {entry[name]["_target_"].rpartition(".")[2]: (name, entry) for name, entry in FILES.items()}


@pytest.fixture(params=sorted(OBJECTIVES))
def objective(request: pytest.FixtureRequest) -> Objective:
    return OBJECTIVES[request.param]()


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
