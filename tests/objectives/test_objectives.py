"""Every objective has its YAML and its docstring."""

import numpy as np
import pytest
import yaml
from support.catalogue import CONF, OBJECTIVES

from rmsprop_lab.base import Objective, total
from rmsprop_lab.objectives import Zakharov

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


@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 4)])
def test_gradient_of_zakharov_adds_the_slope_of_s_to_each_coordinate(shape: tuple[int, ...]) -> None:
    objective = Zakharov(dim=12)
    point = np.random.default_rng(3).normal(size=(12, *shape))
    s = total((objective.weights * point.T).T)
    slope = s * (2.0 + 4.0 * s * s)
    rows = [2.0 * point[i] + objective.weights[i] * slope for i in range(12)]
    assert np.array_equal(objective.gradient(point), np.array(rows))


def test_docstring_gives_formula_source_and_shapes(objective: Objective) -> None:
    text = type(objective).__doc__ or ""
    assert "f(" in text
    assert "Source:" in text
    assert "Shapes:" in text
