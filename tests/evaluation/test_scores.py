"""The scores, against definitions written again here as loops over iterations and starts."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.measuring import measure

from rmsprop_lab import Starts, descend
from rmsprop_lab.base import Array
from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.evaluation.gaps import gap_floor
from rmsprop_lab.evaluation.mean_gap import MeanLog10Gap
from rmsprop_lab.evaluation.measures import MEANS, Progress
from rmsprop_lab.objectives import Bowl, Himmelblau, MonkeySaddle, Rosenbrock, StyblinskiTang
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run


def class_name(value: object) -> str:
    return type(value).__name__


def decades(gap: float, first: float) -> float:
    return min(0.0, max(-8.0, math.log10(gap / first)))


def mean_log10_gap(values: Sequence[float], minimum: float, floor: float) -> float:
    """The definition: the mean over the iterations of the clipped decades below the first gap."""
    gaps = [max(floor, value - minimum) for value in values]
    if not np.isfinite(gaps).all():
        return 0.0
    return -8.0 if gaps[0] <= floor else sum(decades(gap, gaps[0]) for gap in gaps) / len(gaps)


@pytest.mark.parametrize("objective", [Bowl(), Rosenbrock(dim=5), Himmelblau(), StyblinskiTang(dim=10)], ids=class_name)
@pytest.mark.parametrize("step_size", [1e-4, 1e-2, 0.3])
def test_the_mean_gap_of_every_start_is_that_of_a_loop(objective, step_size) -> None:
    starts = Starts(count=7, seed=3).at(objective)
    trace = descend(objective, RMSProp(step_size, 0.9), starts, 137)
    seen = Progress(objective, 137)
    seen.add(trace)
    expected = [mean_log10_gap(values, objective.minimum, gap_floor(objective)) for values in trace.values.T.tolist()]
    assert seen.starts["mean_log10_gap"] == pytest.approx(expected, abs=1e-12)
    assert measure(trace, objective, 1)["mean_log10_gap"][0] == pytest.approx(np.mean(expected), abs=1e-12)


@pytest.mark.slow
def test_a_million_iterations_are_measured_from_every_one_of_them() -> None:
    """Traces keep 10,001 iterations of a long run; the score is taken from all of them."""
    rule, point, count = GD(step_size=1e-6), [0.9, -0.7], 10**6
    (computed,) = compute([Run(Problem("bowl", Bowl(), Starts(points=[point]), count), "gd", rule)])
    assert computed.trace is not None
    assert len(computed.trace.iterations) < 20_000
    x, y = point
    first = x * x + y * y
    total = 0.0
    for _ in range(count + 1):
        total += decades(max(1e-16, x * x + y * y), first)
        x, y = x - 1e-6 * 2.0 * x, y - 1e-6 * 2.0 * y
    assert computed.columns["mean_log10_gap"][0] == pytest.approx(total / (count + 1), rel=1e-10)
    thinned = [decades(float(value), first) for value in computed.trace.values[:, 0]]
    assert abs(np.mean(thinned) - total / (count + 1)) > 0.1  # the kept iterations alone would tell another story


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_mean_has_the_same_bits_in_any_segments_and_any_company(data) -> None:
    length = data.draw(st.integers(1, 200))
    gaps = np.random.default_rng(data.draw(st.integers(0, 9))).uniform(1e-12, 2.0, (length, 5))
    cuts = sorted(data.draw(st.sets(st.integers(0, length))))

    def mean(columns: slice, at: Sequence[int]) -> Array:
        seen = MeanLog10Gap(gaps[0, columns], 1e-16)
        for piece in np.split(gaps[:, columns], at):
            seen.add(piece)
        return seen.result()

    whole = mean(slice(None), [])
    assert mean(slice(None), cuts).tolist() == whole.tolist()
    assert mean(slice(2, 3), cuts).tolist() == whole[2:3].tolist()


def test_a_lost_start_scores_as_if_it_had_not_moved_and_its_gaps_are_infinite() -> None:
    starts = np.array([[0.5, 0.5], [0.2, 0.2]])
    trace = descend(Bowl(), GD(np.array([0.1, 1e200])), starts, 20)
    seen = Progress(Bowl(), 20)
    seen.add(trace)
    lost = {name: column[1] for name, column in seen.starts.items()}
    assert lost["mean_log10_gap"] == 0.0
    assert {lost[name] for name in ("final_gap", "best_gap", "steps_to_1e-1", "final_value")} == {math.inf}
    assert lost["minimizer"] == -1
    alone = seen.starts["mean_log10_gap"][0]
    columns = seen.columns(1)
    assert columns["mean_log10_gap"][0] == pytest.approx(alone / 2)  # one lost start costs, and nothing explodes
    assert columns[MEANS["steps_to_1e-1"]][0] == pytest.approx((seen.starts["steps_to_1e-1"][0] + 2 * 20) / 2)
    assert columns[MEANS["final_gap"]][0] == pytest.approx(decades(seen.starts["final_gap"][0], 0.29) / 2)


def test_a_start_at_the_minimum_scores_the_best_there_is() -> None:
    columns = measure(descend(Bowl(), GD(0.1), [0.0, 0.0], 9), Bowl(), 1)
    assert [columns[MEANS[name]][0] for name in ("mean_log10_gap", "best_gap", "final_gap")] == [-8.0] * 3


def test_without_a_minimum_the_score_is_the_mean_value_and_a_lost_start_stays_where_it_was() -> None:
    starts = np.array([[0.5, 0.6], [0.2, 0.1]])
    trace = descend(MonkeySaddle(), GD(np.array([0.01, 1e200])), starts, 30)
    columns = measure(trace, MonkeySaddle(), 1)
    first = 0.6 * (0.6 * 0.6 - 3 * 0.1 * 0.1)
    assert columns["mean_value"][0] == pytest.approx((np.mean(trace.values[:, 0]) + first) / 2, rel=1e-12)
    for name in set(MEANS.values()) - {"mean_value"}:
        assert np.isnan(columns[name]).all()


def test_a_gap_below_what_rounding_allows_is_the_floor() -> None:
    """Of Styblinski-Tang in 10 dimensions the arithmetic cannot tell a gap of 3.35e-14 from 0."""
    objective = StyblinskiTang(dim=10)
    trace = descend(objective, GD(0.01), objective.minimizers[:, :1] + 1e-9, 100)
    columns = measure(trace, objective, 1)
    assert columns["final_gap"][0] == columns["gap_floor"][0] == gap_floor(objective)
    assert 1e-13 < gap_floor(objective) == 4 * np.spacing(abs(objective.minimum)) < 1e-12
