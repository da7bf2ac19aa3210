"""The order of a search's trials depends on the numbers alone."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from rmsprop_lab.compare.trial_order import TIE_BREAKERS, ordered

numbers = st.sampled_from([1.0, 2.0, np.nan])
trial = st.tuples(st.sampled_from([-3.0, -2.0, np.inf]), *(numbers for _ in TIE_BREAKERS))


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(trial, min_size=1, max_size=9), seed=st.integers(0, 1000))
def test_score_then_steps_then_number_decide(rows: list[tuple[float, ...]], seed: int) -> None:
    runs = pd.DataFrame([row[1:] for row in rows], columns=list(TIE_BREAKERS))
    runs = runs.assign(run_key=range(len(rows)), objective="bowl", optimizer="gd")
    trials = pd.DataFrame({"run_key": range(len(rows)), "trial": range(len(rows)), "score": [row[0] for row in rows]})
    found = ordered(trials.sample(frac=1.0, random_state=seed), runs.sample(frac=1.0, random_state=seed + 1))
    order = sorted(range(len(rows)), key=lambda at: [np.inf if np.isnan(part) else part for part in rows[at]])
    assert found["trial"].tolist() == order
