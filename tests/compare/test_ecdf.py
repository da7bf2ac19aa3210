"""The distribution of runtimes against SciPy, against counting one by one, and by its laws.

`cocopp.pprldistr.plotECDF` of cocopp 2.9.1 has the same shares for 20 such tables at every number of evaluations.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from support.verdicts import reached

from rmsprop_lab.compare import ecdf_table, runtimes
from rmsprop_lab.compare.ecdf import OVERALL, staircase, thinned
from rmsprop_lab.plan.scores import TARGETS

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def curve(table: pd.DataFrame, objective: str, optimizer: str) -> tuple[np.ndarray, np.ndarray]:
    mine = table[(table["objective"] == objective) & (table["optimizer"] == optimizer)]
    return mine["evaluations"].to_numpy(), mine["share"].to_numpy()


def share_at(at: np.ndarray, share: np.ndarray, evaluations: float) -> float:
    return float(share[np.flatnonzero(at <= evaluations)[-1]])


@pytest.mark.parametrize("seed", range(3))
def test_shares_are_those_of_counting_and_of_scipy(seed: int) -> None:
    starts = reached((3, 3, 2, 4), seed, n_iter=30, each=4)
    table = ecdf_table(starts)
    for (objective, optimizer), mine in starts.groupby(["objective", "optimizer"]):
        ran = [
            4 * steps if outcome == "ok" else np.inf
            for outcome, *all_steps in mine[["outcome", *(f"steps_to_{t}" for t in TARGETS)]].to_numpy()
            for steps in all_steps
        ]
        at, share = curve(table, objective, optimizer)
        oracle = stats.ecdf(np.minimum(ran, 1e9)).cdf
        for evaluations in range(121):
            counted = sum(one <= evaluations for one in ran) / len(ran)
            assert share_at(at, share, evaluations) == pytest.approx(counted, abs=1e-12)
            assert float(oracle.evaluate(evaluations)) == pytest.approx(counted, abs=1e-12)
        assert (at[0], at[-1]) == (0, 120)


def test_the_last_curves_are_over_all_objectives_that_everybody_has() -> None:
    starts = reached((3, 2, 2, 4), 1)
    lacking = starts[(starts["objective"] != "f2") | (starts["optimizer"] != "gd")]
    table = ecdf_table(lacking)
    assert table["objective"].tolist()[-1] == OVERALL
    for optimizer in ("gd", "adam"):
        spent = runtimes(starts[(starts["optimizer"] == optimizer) & (starts["objective"] != "f2")])
        at, share = curve(table, OVERALL, optimizer)
        assert [share_at(at, share, t) for t in (0, 7, 50)] == [(spent <= t).mean() for t in (0, 7, 50)]
    assert OVERALL not in set(ecdf_table(starts[starts["objective"] == "f0"])["objective"])


def test_a_lost_start_reaches_nothing_and_an_unknown_minimum_has_no_curve() -> None:
    starts = reached((2, 2, 1, 3), 0)
    lost = starts["optimizer"] == "gd"
    table = ecdf_table(starts.assign(outcome=np.where(lost, "diverged", "ok")))
    assert set(table.loc[table["optimizer"] == "gd", "share"]) == {0.0}
    unknown = starts["objective"] == "f0"
    steps = [f"steps_to_{target}" for target in TARGETS]
    assert set(ecdf_table(starts.assign(**{c: starts[c].mask(unknown) for c in steps}))["objective"]) == {"f1"}
    nothing = ecdf_table(starts.assign(**dict.fromkeys(steps, np.nan)))
    assert (list(nothing.columns), len(nothing)) == (["objective", "optimizer", "evaluations", "share"], 0)


@few
@given(seed=seeds)
def test_a_curve_rises_from_0_to_at_most_1_whatever_the_order_of_rows(seed: int) -> None:
    starts = reached((2, 3, 2, 3), seed)
    table = ecdf_table(starts)
    for _, rows in table.groupby(["objective", "optimizer"]):
        assert rows["evaluations"].is_monotonic_increasing
        assert rows["evaluations"].is_unique
        assert rows["share"].is_monotonic_increasing
        assert rows["share"].between(0, 1).all()
    other = ecdf_table(starts.sample(frac=1.0, random_state=seed))
    order = ["objective", "optimizer", "evaluations"]
    pd.testing.assert_frame_equal(
        table.sort_values(order, ignore_index=True), other.sort_values(order, ignore_index=True)
    )


@few
@given(seed=seeds, rows=st.integers(3, 200))
def test_a_thinned_curve_looks_like_the_whole_one(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    spent = np.where(rng.random(900) < rng.random(), rng.geometric(10.0 ** -rng.uniform(1, 4), 900), np.inf)
    at, share = staircase(np.minimum(spent, 1e5), 1e5)
    fewer, shares = thinned(at, share, rows)
    assert len(fewer) <= rows
    assert (fewer[0], fewer[-1], shares[0], shares[-1]) == (at[0], at[-1], share[0], share[-1])
    assert np.isin(np.column_stack([fewer, shares]).view("f8,f8"), np.column_stack([at, share]).view("f8,f8")).all()
    near = 2 / (rows - 1) + 1e-9
    following = np.searchsorted(fewer, at)
    assert (shares[following] - share <= near * (share[-1] - share[0])).all()
    assert (np.log1p(fewer[following]) - np.log1p(at) <= near * np.log1p(at[-1])).all()
