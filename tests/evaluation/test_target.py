"""The first iteration below a target: exact at any length, and never of a start that diverged."""

import math

import numpy as np
import pytest

from rmsprop_lab import descend
from rmsprop_lab.base import Objective
from rmsprop_lab.evaluation.target import steps_until
from rmsprop_lab.objectives import Bowl, Himmelblau, MonkeySaddle
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.problem import MOST_KEPT, Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.starts import Starts


def run_of(objective: Objective, step_size: float, points: object, n_iter: int) -> Run:
    return Run(Problem("f", objective, Starts(points=points), n_iter), "gd", GD(step_size))


@pytest.mark.parametrize("n_iter", [MOST_KEPT - 1, MOST_KEPT, 30_000])
def test_it_is_that_of_a_loop_for_long_runs_too(n_iter: int) -> None:
    """x -> (1 - 2a) x: of 10,000 log-spaced iterations none is the right one."""
    step, x = 1e-3, 0.9
    expected = next(t for t in range(n_iter) if (x * (1 - 2 * step) ** t) ** 2 < 1e-8)
    assert steps_until(run_of(Bowl(dim=1), step, [[x]], n_iter), 1e-8) == pytest.approx(expected, abs=1)


def test_it_is_the_median_over_starts() -> None:
    points = [[0.1, 0.1], [0.5, 0.5], [0.9, -0.9]]
    each = [steps_until(run_of(Bowl(), 0.1, [point], 100), 1e-6) for point in points]
    assert steps_until(run_of(Bowl(), 0.1, points, 100), 1e-6) == sorted(each)[1]


def test_a_start_that_diverges_never_reaches_a_target_though_it_was_below_it() -> None:
    run = run_of(Himmelblau(), 1.0, [[3.0001, 2.0]], 50)
    trace = descend(Himmelblau(), GD(1.0), [3.0001, 2.0], 50)
    assert trace.diverged.all()
    assert trace.values[0, 0] < 10.0
    assert steps_until(run, 10.0) == math.inf


def test_where_no_minimum_is_known_it_is_a_value() -> None:
    values = descend(MonkeySaddle(), GD(0.05), [0.3, 0.1], 40).values[:, 0]
    expected = int(np.argmax(values < 0.0)) if (values < 0.0).any() else math.inf
    assert steps_until(run_of(MonkeySaddle(), 0.05, [[0.3, 0.1]], 40), 0.0) == expected
