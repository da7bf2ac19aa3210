"""Wilson's interval against SciPy and published examples; the expected running time against cocopp."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from rmsprop_lab import InputError
from rmsprop_lab.compare import success_table, wilson

NEWCOMBE = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0, 0.1611), (1, 29): (0.0061, 0.1718)}
"""Newcombe 1998, Statistics in Medicine 17, table I, method 3; the same to six digits as statsmodels 0.15.0."""


def test_wilsons_interval_is_that_of_published_examples() -> None:
    for (won, trials), expected in NEWCOMBE.items():
        np.testing.assert_allclose(wilson(won, trials), expected, atol=5e-5)


def test_wilsons_interval_is_scipys() -> None:
    trials, won = (grid.ravel() for grid in np.mgrid[1:40, 0:40])
    trials, won = trials[won <= trials], won[won <= trials]
    for level in (0.9, 0.95):
        low, high = wilson(won, trials, level)
        for index in range(len(won)):
            expected = stats.binomtest(won[index], trials[index]).proportion_ci(level, method="wilson")
            assert low[index] == pytest.approx(expected.low, rel=1e-9, abs=1e-15)
            assert high[index] == pytest.approx(expected.high, rel=1e-9)
        assert (low[won == 0] == 0).all()
        assert (high[won == trials] == 1).all()
    assert np.isnan(wilson(0, 0)).all()


def starts(steps: list[float], n_iter: int = 10, per_iteration: int = 1) -> pd.DataFrame:
    table = pd.DataFrame({"steps_to_1e-3": steps, "steps_to_1e-1": 1.0, "outcome": "ok", "n_iter": n_iter})
    return table.assign(objective="f", optimizer="gd", evaluations=per_iteration * n_iter)


ERT = [
    ([4, np.inf, np.inf, 7], 15.5),
    ([3, 3, 8, np.inf, np.inf, 2], 9.0),
    ([np.inf, np.inf], np.inf),
]
"""`cocopp.toolsstats.sp` with 10 evaluations where the target is not reached."""


@pytest.mark.parametrize(("steps", "ert"), ERT)
def test_the_expected_running_time_is_that_of_coco(steps: list[float], ert: float) -> None:
    assert success_table(starts(steps))["ert"].tolist() == [ert]
    assert success_table(starts(steps, per_iteration=4))["ert"].tolist() == [4 * ert]  # central differences


def test_a_lost_start_is_none_that_succeeds() -> None:
    given = starts([4, np.inf, np.inf, 7]).assign(outcome=["ok", "ok", "diverged", "ok"])
    (row,) = success_table(given).to_dict("records")
    assert (row["starts"], row["starts_lost"], row["success"], row["success_target"]) == (4, 1, 0.5, "1e-3")
    assert (row["success_low"], row["success_high"]) == tuple(float(end) for end in wilson(2, 4))
    assert success_table(given, "1e-1")["success"].tolist() == [0.75]  # though it was there before it diverged


def test_without_a_known_minimum_there_is_no_target() -> None:
    (row,) = success_table(starts([np.nan, np.nan])).to_dict("records")
    assert np.isnan([row[name] for name in ("success", "success_low", "success_high", "ert")]).all()
    assert row["starts"] == 2
    with pytest.raises(InputError, match="target"):
        success_table(starts([1.0]), "0.5")
