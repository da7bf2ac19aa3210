"""What is shown of a verdict."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmsprop_lab.compare.shown import shown_table, typical_repeats

few = settings(max_examples=20, deadline=None)


def scores_of(values: np.ndarray) -> pd.DataFrame:
    """A table of scores `(optimizers, repeats)` on one objective."""
    optimizers, repeats = np.indices(values.shape).reshape(2, -1)
    names = np.array(["gd", "adam", "rmsprop"])[optimizers]
    return pd.DataFrame({"objective": "bowl", "optimizer": names, "repeat": repeats, "score": values.ravel()})


@few
@given(seed=st.integers(0, 1000), repeats=st.integers(1, 9))
def test_the_typical_repeat_is_nearest_to_the_medians_whatever_the_order_of_rows(seed: int, repeats: int) -> None:
    values = np.random.default_rng(seed).normal(size=(3, repeats))
    table = scores_of(values)
    middle = np.sort(values, axis=1)[:, (repeats - 1) // 2, None]
    (found,) = typical_repeats(table.sample(frac=1.0, random_state=seed)).values()
    assert found == np.abs(values - middle).sum(axis=0).argmin()


@pytest.mark.parametrize("failed", [0, 1])
def test_a_repeat_in_which_an_optimizer_failed_comes_last(failed: int) -> None:
    values = np.array([[-1.0, -1.0], [-2.0, -2.0]])
    values[1, failed] = np.inf
    assert typical_repeats(scores_of(values)) == {"bowl": 1 - failed}
    values[1] = np.inf
    assert typical_repeats(scores_of(values)) == {"bowl": 0}


def test_the_untuned_score_is_the_mean_over_repeats_and_the_rest_that_of_the_run_shown() -> None:
    labels = {"objective": "bowl", "optimizer": "gd"}
    rows = [(key, repeat, score) for repeat, (key, score) in enumerate([("a", -1.0), ("b", -3.0), ("b", -2.0)])]
    winners = pd.DataFrame(rows, columns=["run_key", "repeat", "default_score"])
    winners = winners.assign(**labels, cell=["x", "y", "z"], trial=0, score_name="mean_log10_gap", edges="")
    runs = pd.DataFrame({"run_key": ["a", "b"], "outcome": ["ok", "diverged"], "final_value": [1.0, 2.0]})
    runs = runs.assign(gap_floor=0.0, dim=2, n_iter=5, **{"steps_to_1e-3": 4.0})
    (row,) = shown_table(pd.DataFrame([{**labels, "run_key": "b"}]), winners, runs).to_dict("records")
    assert (row["untuned"], row["cell"], row["outcome"], row["final_value"]) == (-2.0, "y", "diverged", 2.0)
