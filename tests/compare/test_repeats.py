"""Which runs are judged, and by which scores."""

import numpy as np
import pandas as pd
import pytest
from support.verdicts import Tables, chance, tables

from rmsprop_lab import InputError
from rmsprop_lab.compare import judged_runs, repeat_scores, start_rows, verdict


@pytest.fixture
def given() -> Tables:
    return tables(chance((2, 3, 2, 4), seed=0))


def test_winners_on_fresh_starts_are_judged_and_nothing_else(given: Tables) -> None:
    judged = judged_runs(given[0])
    assert len(judged) == 12
    assert judged["run_key"].str.match(r"\d").all()
    assert judged["optimizer"].tolist()[:6] == ["adam", "adam", "gd", "gd", "rmsprop", "rmsprop"]
    chosen = judged_runs(given[0], ["f1"], ["rmsprop", "adam"])
    assert chosen[["objective", "optimizer"]].drop_duplicates().to_numpy().tolist() == [
        ["f1", "rmsprop"],
        ["f1", "adam"],
    ]


def test_names_that_are_not_there_and_second_evaluations_are_refused(given: Tables) -> None:
    trials = given[0]
    with pytest.raises(InputError, match="objectives: expected some of f0, f1, found 'f2'"):
        judged_runs(trials, ["f2"])
    with pytest.raises(InputError, match="optimizers: expected some of adam, gd, rmsprop"):
        judged_runs(trials, optimizers=["adamw"])
    with pytest.raises(InputError, match="evaluations of winners on fresh starts, found none"):
        judged_runs(trials[trials["phase"] == "search"])
    again = pd.concat([trials, trials[trials["run_key"] == "0-1-1"].assign(run_key="other")])
    with pytest.raises(InputError, match="found several of adam on f0 in repeat 1"):
        judged_runs(again)
    assert judged_runs(pd.concat([trials, trials])).equals(judged_runs(trials))


def test_the_score_of_a_repeat_is_that_of_its_run(given: Tables) -> None:
    trials, runs, starts = given
    judged = judged_runs(trials)
    scores = repeat_scores(judged, runs)
    assert set(scores["score_name"]) == {"mean_log10_gap"}
    means = start_rows(judged, starts, runs).groupby("run_key")["mean_log10_gap"].mean()
    np.testing.assert_allclose(scores["score"], means[scores["run_key"]], rtol=1e-12)
    of_gap = repeat_scores(judged, runs.assign(mean_log10_final_gap=-2.0), "final_gap")
    assert (set(of_gap["score_name"]), set(of_gap["score"])) == ({"final_gap"}, {-2.0})


def test_each_objective_has_the_score_that_it_can_have(given: Tables) -> None:
    trials, runs, _ = given
    unknown = runs["objective"] == "f1"
    runs.loc[unknown, "mean_value"] = 7.0
    runs.loc[unknown, "mean_log10_gap"] = np.nan
    scores = repeat_scores(judged_runs(trials), runs).drop_duplicates("objective")
    assert dict(zip(scores["objective"], scores["score_name"], strict=True)) == {
        "f0": "mean_log10_gap",
        "f1": "mean_value",
    }
    with pytest.raises(InputError, match="null or a score that f1 has, found mean_log10_gap"):
        repeat_scores(judged_runs(trials), runs, "mean_log10_gap")


def test_tables_that_do_not_fit_are_refused(given: Tables) -> None:
    trials, runs, _ = given
    judged = judged_runs(trials)
    with pytest.raises(InputError, match="score: expected one of"):
        repeat_scores(judged, runs, "last_gap")
    with pytest.raises(InputError, match="runs: expected the runs of all evaluations, found none with the key 0-1-0"):
        repeat_scores(judged, runs[runs["run_key"] != "0-1-0"])
    runs.loc[runs["run_key"] == "1-0-1", "start_seed"] = 5
    with pytest.raises(InputError, match="from the same starts, found different start_seed on f1 in repeat 1"):
        repeat_scores(judged, runs)


@pytest.mark.parametrize("part", [slice(0, 0), slice(0, -1), slice(3, None)])
def test_starts_that_lack_rows_are_refused(part: slice) -> None:
    """Without this check, optimizers whose rows are missing would be said to have diverged."""
    trials, runs, starts = tables(chance((2, 2, 5, 4), 0))
    with pytest.raises(InputError, match="starts: expected every start of all judged runs, found not all of"):
        verdict(trials, runs, starts.iloc[part])
