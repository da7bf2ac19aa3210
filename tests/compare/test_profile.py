"""Performance profiles against counting one by one, and by their laws.

perfprof 0.2 of D. and N. Higham draws the same staircases from the costs of 20 such tables.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.verdicts import reached

from rmsprop_lab.compare import cost_ratios, profile_table, runtimes
from rmsprop_lab.plan.scores import TARGETS

few = settings(max_examples=10, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def share_at(table: pd.DataFrame, optimizer: str, factor: float) -> float:
    mine = table[(table["optimizer"] == optimizer) & (table["factor"] <= factor)]
    return float(mine["share"].iloc[-1])


def ert(starts: pd.DataFrame, target: str) -> float:
    """Evaluations spent over targets reached, start by start."""
    spent, won = 0.0, 0
    for row in starts.to_dict("records"):
        steps = row[f"steps_to_{target}"]
        solved = row["outcome"] == "ok" and np.isfinite(steps)
        spent += steps * row["evaluations"] / row["n_iter"] if solved else row["evaluations"]
        won += solved
    return spent / won if won else np.inf


@pytest.mark.parametrize("seed", range(3))
def test_profiles_are_those_of_counting(seed: int) -> None:
    starts = reached((3, 3, 2, 4), seed, hard=0.75)
    ratios = cost_ratios(starts)
    table = profile_table(ratios)
    costs = {
        (f, target): {name: ert(mine, target) for name, mine in here.groupby("optimizer")}
        for f, here in starts.groupby("objective")
        for target in TARGETS
    }
    assert len(ratios) == 21 == len(costs)
    for factor in (1.0, 1.2, 2.0, 5.0, 1e9):
        for name in ("gd", "adam", "rmsprop"):
            within = [of[name] <= factor * min(of.values()) and np.isfinite(of[name]) for of in costs.values()]
            assert share_at(table, name, factor) == pytest.approx(np.mean(within), abs=1e-12)


@few
@given(seed=seeds)
def test_somebody_is_the_best_on_every_problem_that_is_solved(seed: int) -> None:
    starts = reached((2, 3, 1, 3), seed, hard=0.8)
    ratios = cost_ratios(starts)
    table = profile_table(ratios)
    solved = np.isfinite(ratios).any(axis=1)
    assert ((ratios[solved].min(axis=1)) == 1).all()
    assert sum(share_at(table, name, 1.0) for name in ratios) >= solved.mean() - 1e-12
    for name, rows in table.groupby("optimizer"):
        assert rows["factor"].iloc[0] == 1
        assert rows["share"].is_monotonic_increasing
        assert rows["share"].iloc[-1] == pytest.approx(np.isfinite(ratios[name]).mean())
    other = cost_ratios(starts.sample(frac=1.0, random_state=seed))
    pd.testing.assert_frame_equal(ratios, other.loc[ratios.index, ratios.columns])


def test_the_profile_of_the_only_best_is_1_from_the_beginning() -> None:
    starts = reached((2, 2, 1, 3), 0, hard=0.0)
    better = starts["optimizer"] == "gd"
    steps = {f"steps_to_{t}": np.where(better, 1.0, 2.0) for t in TARGETS}
    rows = profile_table(cost_ratios(starts.assign(outcome="ok", **steps))).to_numpy().tolist()
    assert rows == [["gd", 1.0, 1.0], ["adam", 1.0, 0.0], ["adam", 2.0, 1.0]]


def test_what_starts_at_the_minimum_costs_nothing_and_what_nobody_solves_counts() -> None:
    starts = reached((1, 2, 1, 2), 0).assign(outcome="ok")
    steps = {f"steps_to_{t}": np.inf for t in TARGETS} | {"steps_to_1e-1": 0.0}
    ratios = cost_ratios(starts.assign(**steps))
    assert ratios.loc[("f0", "1e-1")].tolist() == [1.0, 1.0]
    assert np.isposinf(ratios.drop(("f0", "1e-1"))).all(axis=None)
    assert profile_table(ratios)["share"].tolist() == [pytest.approx(1 / 7)] * 2


def test_only_objectives_with_a_minimum_that_everybody_has_are_problems() -> None:
    starts = reached((3, 2, 1, 2), 0)
    starts = starts[(starts["objective"] != "f1") | (starts["optimizer"] != "gd")]
    unknown = starts["objective"] == "f2"
    starts = starts.assign(**{f"steps_to_{t}": starts[f"steps_to_{t}"].mask(unknown) for t in TARGETS})
    assert set(cost_ratios(starts).index.get_level_values("objective")) == {"f0"}
    nothing = cost_ratios(starts[unknown])
    assert nothing.empty
    assert profile_table(nothing).empty
    assert np.isnan(runtimes(starts[unknown])).all()
