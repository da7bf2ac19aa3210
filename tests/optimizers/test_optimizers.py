"""The contract of every optimizer, found by itself, and the formulas of the tutorial's three."""

import dataclasses
import math

import numpy as np
import pytest
from support.catalogue import OPTIMIZER_FILES, OPTIMIZER_TARGETS, OPTIMIZERS, configured

from rmsprop_lab.base import Optimizer, intervals
from rmsprop_lab.errors import InputError
from rmsprop_lab.optimizers import GD, AdaGrad, RMSProp, RMSPropCentered


@pytest.fixture(params=sorted(OPTIMIZERS))
def optimizer(request: pytest.FixtureRequest) -> Optimizer:
    return configured(request.param)


def advance(optimizer: Optimizer, gradients: np.ndarray) -> np.ndarray:
    """The steps for a sequence of gradients `(T, ...)`."""
    state = tuple(np.full(gradients.shape[1:], number) for number in optimizer.init())
    steps = []
    for gradient in gradients:
        step, state = optimizer.update(gradient, state)
        steps.append(step)
    return np.array(steps)


def test_every_optimizer_has_a_yaml_keyed_by_its_name_and_the_other_way_round() -> None:
    assert set(OPTIMIZER_TARGETS) == set(OPTIMIZERS)
    assert all(list(entry) == [name] for name, entry in OPTIMIZER_FILES.items())


def test_yaml_defaults_are_the_class_defaults(optimizer: Optimizer) -> None:
    name, entry = OPTIMIZER_TARGETS[type(optimizer).__name__]
    fields = dataclasses.fields(optimizer)
    assert set(entry[name]) - {"_target_", "space"} == {field.name for field in fields}
    for field in fields:
        if isinstance(field.default, float):
            assert float(entry[name][field.name]) == field.default


def test_zero_gradient_gives_zero_step(optimizer: Optimizer) -> None:
    assert not advance(optimizer, np.zeros((5, 2, 3))).any()


def test_inputs_are_not_changed(optimizer: Optimizer) -> None:
    gradients = np.random.default_rng(0).normal(size=(4, 2, 3))
    gradients.flags.writeable = False
    state = tuple(np.full((2, 3), number) for number in optimizer.init())
    for gradient in gradients:
        for part in state:
            part.flags.writeable = False
        _, state = optimizer.update(gradient, state)


def test_elementwise_one_number_at_a_time_gives_the_same_bits(optimizer: Optimizer) -> None:
    gradients = np.random.default_rng(1).normal(size=(20, 3, 5))
    together = advance(optimizer, gradients)
    for i, j in np.ndindex(3, 5):
        assert np.array_equal(together[:, i, j], advance(optimizer, gradients[:, i : i + 1, j])[:, 0])


def test_docstring_gives_formula_source_and_shapes(optimizer: Optimizer) -> None:
    text = type(optimizer).__doc__ or ""
    assert "step" in text
    assert "Source:" in text
    assert "Shapes:" in text


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan, "0.1", None, True, [[0.1]]])
def test_step_size_must_be_positive_and_finite(optimizer: Optimizer, value: object) -> None:
    others = {name: getattr(optimizer, name) for name in intervals(type(optimizer))}
    with pytest.raises(InputError, match="step_size: expected a finite number > 0"):
        type(optimizer)(**{**others, "step_size": value})


@pytest.mark.parametrize("rho", [-0.1, 1.0, 1.5, math.nan])
def test_rho_must_be_in_its_interval(rho: float) -> None:
    with pytest.raises(InputError, match=r"rho: expected a number in \[0, 1\)"):
        RMSProp(0.1, rho)


def test_one_bad_hyperparameter_in_an_array_is_refused() -> None:
    with pytest.raises(InputError, match="step_size"):
        GD(np.array([0.1, 0.0]))


def test_a_variance_rounded_below_zero_gives_no_nan() -> None:
    assert np.isfinite(advance(RMSPropCentered(0.1, 0.5), np.full((100, 1), 1.7))).all()


def test_update_rules_against_plain_python() -> None:
    """Written from the tutorial's table, in scalars, without a look at the classes."""
    g = [0.3, -1.7, 0.0, 2.5e-9, 40.0]
    sums = squares = 0.0
    expected = []
    for x in g:
        sums += x * x
        squares = 0.9 * squares + (1 - 0.9) * x * x
        expected.append([0.1 * x, 0.1 / (1e-8 + math.sqrt(sums)) * x, 0.1 / (1e-8 + math.sqrt(squares)) * x])
    gradients = np.array(g)[:, None]
    rules = [GD(0.1), AdaGrad(0.1), RMSProp(0.1, 0.9)]
    found = np.concatenate([advance(rule, gradients) for rule in rules], axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-14)
