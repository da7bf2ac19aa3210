"""Measures against definitions written again here, start by start in plain Python."""

import math

import numpy as np
import pytest
from support.measuring import measure

from rmsprop_lab import descend
from rmsprop_lab.base import Array, Objective
from rmsprop_lab.evaluation.curves import curves, thinned
from rmsprop_lab.evaluation.gaps import gap, log10_gap
from rmsprop_lab.evaluation.measures import TARGETS
from rmsprop_lab.evaluation.quantiles import median_start, over_starts
from rmsprop_lab.evaluation.scored import scores_of
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD

RUNS, STARTS = 3, 5


@pytest.fixture
def trace():
    """Three runs from five starts; of the last run most starts diverge."""
    starts = np.random.default_rng(4).uniform(-5, 5, (2, STARTS))
    steps = np.repeat([1e-3, 1e-2, 0.1], STARTS)
    return descend(Himmelblau(), GD(steps), np.tile(starts, RUNS), 50)


def order_statistic(values: list[float], share: float) -> float:
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def test_measures_against_their_definitions(trace) -> None:
    found = measure(trace, Himmelblau(), RUNS)
    minimizers = np.asarray(Himmelblau().minimizers).T
    for run in range(RUNS):
        expected: dict[str, list[float]] = {}
        for start in range(STARTS):
            j = run * STARTS + start
            values = [float(value) for value in trace.values[:, j]]
            bad = not np.isfinite([*values, *trace.points[:, :, j].ravel(), *trace.gradient_norms[:, j]]).all()
            steps = {
                f"steps_to_{t}": next((i for i, v in enumerate(values) if v <= float(t) * values[0]), math.inf)
                for t in TARGETS
            }
            row = {
                "final_value": values[-1],
                "final_gap": max(1e-16, values[-1]),
                "best_gap": max(1e-16, min(values)) if not bad else math.inf,
                "gradient_norm": trace.gradient_norms[-1, j],
                "distance": min(math.dist(trace.points[-1, :, j], m) for m in minimizers) if not bad else math.inf,
                **steps,
            }
            for name, value in row.items():
                expected.setdefault(name, []).append(math.inf if bad else float(value))
        for name, values in expected.items():
            for suffix, share in {"_q25": 0.25, "": 0.5, "_q75": 0.75}.items():
                assert found[name + suffix][run] == pytest.approx(order_statistic(values, share), rel=1e-12)
        assert found["evaluations"][run] == 50
    assert found["diverged"].tolist() == trace.diverged.reshape(RUNS, STARTS).sum(axis=1).tolist()
    assert 0 < found["diverged"][2] <= STARTS
    assert math.isnan(found["first_bad_iteration"][0])
    assert found["first_bad_iteration"][2] == trace.first_bad[trace.first_bad > 0].min()


class Slope(Objective):
    """No minimum."""

    def value(self, point: Array) -> Array:
        return point[0]

    def gradient(self, point: Array) -> Array:
        return np.ones_like(point)


def test_an_unknown_minimum_gives_empty_columns_not_wrong_ones() -> None:
    objective = Slope(dim=1, bounds=(-1, 1))
    trace = descend(objective, GD(0.1), [[0.0, 1.0, 2.0]], 10)
    found = measure(trace, objective, 1)
    for name in ("final_gap", "best_gap", "steps_to_1e-3", "distance", "distance_q75"):
        assert np.isnan(found[name]).all()
    assert found["final_value"][0] == pytest.approx(0.0)
    assert set(curves(trace, objective)) == {"value", "gradient_norm"}
    assert scores_of({"outcome": ["ok"], **found}, "mean_value") == [pytest.approx(0.5)]


def test_curves_are_medians_and_nan_where_most_starts_are_gone(trace) -> None:
    columns = slice(2 * STARTS, 3 * STARTS)
    lost = trace.part(columns)
    found = curves(lost, Himmelblau())
    assert found["value"][0] == sorted(lost.values[0])[2]
    assert np.isnan(found["value"][-1])
    assert not np.isinf(found["value"]).any()


def test_gaps_have_a_floor() -> None:
    assert log10_gap(gap(np.array([-1.0, 0.0, 1e-300, 1.0, np.inf]), Bowl())).tolist() == [-16, -16, -16, 0, np.inf]


def test_order_statistics_survive_infinities() -> None:
    values = np.array([1.0, np.inf, np.inf, 2.0])
    assert over_starts(values, 1, 0.5).tolist() == [2.0]
    assert over_starts(values, 1, 0.75).tolist() == [np.inf]
    assert over_starts(values, 2, 0.5).tolist() == [1.0, 2.0]


def test_median_start_is_the_one_at_the_median() -> None:
    assert median_start(np.array([5.0, np.nan, 1.0, 3.0, np.inf])) == 0
    assert median_start(np.array([2.0])) == 0


def test_a_failed_run_scores_infinity_never_nan_and_a_diverged_one_is_finite() -> None:
    columns = {"outcome": ["failed", "diverged", "ok"], "mean_log10_best_gap": [math.nan, 0.0, -3.0]}
    assert scores_of(columns, "best_gap").tolist() == [math.inf, 0.0, -3.0]


def test_thinned_keeps_first_and_last() -> None:
    assert thinned(51).tolist() == list(range(51))
    few = thinned(100_001)
    assert (few[0], few[-1]) == (0, 100_000)
    assert 50 < len(few) <= 102
    assert (np.diff(few) > 0).all()


def test_a_start_at_the_minimum_needs_no_steps() -> None:
    trace = descend(Bowl(), GD(0.1), [0.0, 0.0], 3)
    assert measure(trace, Bowl(), 1)["steps_to_1e-7"][0] == 0
