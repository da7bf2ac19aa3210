"""What a run has in MLflow: its name, its metrics and their steps."""

import numpy as np
import pytest

from rmsprop_lab.tracking.content import LOG10_STEP_SIZE, curve_name, metrics, run_name


def test_curves_of_a_thinned_trace_name_their_iterations() -> None:
    iterations = [0, 1, 2, 5, 10, 100, 1000, 9999, 20_000]
    row = {"outcome": "failed", "objective": "bowl", "hyperparameters": {}}
    points = list(metrics(row, {"value": np.arange(9.0)}, iterations))
    assert {(step, value) for _, value, step in points} == set(zip(iterations, map(float, range(9)), strict=True))


def test_what_mlflow_refuses_in_a_metric_is_replaced() -> None:
    assert curve_name("mine (2)", "value") == "curve/mine__2_/value"


def test_the_step_size_is_a_metric_for_a_logarithmic_axis() -> None:
    row = {"objective": "bowl", "hyperparameters": {"step_size": 0.01}, "outcome": "failed"}
    (point,) = metrics(row, {})
    assert (point.name, point.value) == (LOG10_STEP_SIZE, pytest.approx(-2.0))
    assert not list(metrics({**row, "hyperparameters": {"rho": 0.9}}, {}))


def test_names_put_first_what_varies() -> None:
    assert run_name("rmsprop", {"step_size": 0.1, "rho": 0.99, "epsilon": 1e-8}, ["rho"]) == "rmsprop 0.1 ρ0.99"
    assert run_name("gd", {"step_size": 0.1}, [], "bowl") == "gd bowl 0.1"
