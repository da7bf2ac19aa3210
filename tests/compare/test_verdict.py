"""The verdict of a study that ran: from its folder, from its winners, and number by number from its runs."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from rmsprop_lab import InputError, Range, Search, Starts, Study, Summary, run_study
from rmsprop_lab.compare import Verdict, verdict
from rmsprop_lab.compare.standings import COLUMNS
from rmsprop_lab.objectives import Bowl, Michalewicz, Rosenbrock
from rmsprop_lab.optimizers import GD, AdaGrad, RMSProp

STEP = Range(1e-3, 1.0, "log")


def ran(folder: Path, **changes: Any) -> Summary:
    given: dict[str, Any] = {
        "objectives": {"rosenbrock": Rosenbrock(), "bowl": Bowl()},
        "optimizers": {"rmsprop": RMSProp(0.01, 0.9), "adagrad": AdaGrad(0.1), "gd": GD(0.1)},
        "starts": Starts("uniform", count=4),
        "n_iter": 60,
        "search": Search("random", trials=6, repeats=5),
        "evaluation": Starts("fresh", count=8),
        **changes,
    }
    spaces = {name: {"step_size": STEP} for name in given["optimizers"]}
    return run_study(Study("s", spaces=spaces, **given), output_dir=folder, tracking="none", figures=False)


def judged(summary: Summary, trials: pd.DataFrame | None = None, **settings: Any) -> Verdict:
    folder = summary.folder
    return verdict(folder.trials() if trials is None else trials, folder.runs(), folder.starts(), **settings)


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return ran(tmp_path_factory.mktemp("outputs"))


def test_each_number_comes_from_the_runs_of_the_winners(summary: Summary) -> None:
    names = {"objectives": list(summary.study.objectives), "optimizers": list(summary.study.optimizers)}
    found = judged(summary, **names)
    assert list(found.ranking.columns) == [*COLUMNS, "step_size", "epsilon", "rho"]
    assert list(dict.fromkeys(found.ranking["objective"])) == ["rosenbrock", "bowl"]
    runs, starts = summary.folder.runs().set_index("run_key"), summary.folder.starts()
    for row in found.ranking.to_dict("records"):
        mine = [
            winner.shown.run_key
            for winner in summary.winners
            if winner.shown
            and (winner.cell.problem.name, winner.cell.optimizer_name) == (row["objective"], row["optimizer"])
        ]
        scores = runs.loc[mine, "mean_log10_gap"].to_numpy()
        interval = stats.ttest_1samp(scores, 0).confidence_interval(0.95)
        found_scores = [row["score"], row["score_low"], row["score_high"]]
        np.testing.assert_allclose(found_scores, [scores.mean(), *interval], rtol=1e-9)
        assert row["run_key"] == mine[int(np.argsort(scores, kind="stable")[2])]
        assert row["step_size"] == runs.loc[row["run_key"], "step_size"]
        assert row["final_gap"] == runs.loc[row["run_key"], "final_gap"]
        of_starts = starts[starts["run_key"].isin(mine)]
        assert (row["starts"], row["repeats"], row["trials"]) == (40, 5, 30) == (len(of_starts), len(mine), 30)
        means = of_starts.groupby("run_key")["mean_log10_gap"].mean()[mine]
        np.testing.assert_allclose(scores, means, rtol=1e-12)
        assert row["success"] == np.isfinite(of_starts["steps_to_1e-3"]).mean()
        assert row["starts_lost"] == (of_starts["outcome"] == "diverged").sum()
    assert found.ranking["rank"].notna().all()
    assert (found.repeats, found.is_enough, found.override) == (5, True, "")
    assert found.score_names == dict.fromkeys(["rosenbrock", "bowl"], "mean_log10_gap")
    told = "no order of 3 optimizers can be found: that takes at least 3 objectives."
    assert found.overall_sentence == f"Over all 2 objectives together {told}"


def test_winners_and_the_folder_give_the_same_verdict(summary: Summary) -> None:
    winners = pd.DataFrame([winner.row() for winner in summary.winners])
    one, other = judged(summary), judged(summary, winners)
    for name in ("ranking", "pairs", "overall"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.sentence == other.sentence


@pytest.mark.parametrize("score", ["final_gap", "best_gap", "steps_to_1e-3"])
def test_other_scores_give_a_verdict_too(summary: Summary, score: str) -> None:
    found = judged(summary, score=score)
    assert set(found.score_names.values()) == {score}
    assert found.pairs["probability"].between(0, 1).all()
    assert found.ranking["rank"].notna().all()
    if score.startswith("steps"):
        assert "equal" not in set(found.pairs["relation"])
    with pytest.raises(InputError, match="a score that bowl has"):
        judged(summary, score="mean_value")


def test_a_study_without_evaluation_is_judged_by_its_winners(tmp_path: Path) -> None:
    """Nothing is tuned, and there is no known minimum."""
    summary = ran(tmp_path, objectives={"m": Michalewicz()}, search=Search("none", repeats=5), evaluation=None)
    winners = pd.DataFrame([winner.row() for winner in summary.winners])
    found = judged(summary, winners)
    assert found.score_names == {"m": "mean_value" if Michalewicz().minimum is None else "mean_log10_gap"}
    assert found.ranking["rank"].notna().all()
    assert set(found.ranking["trials"]) == {5}
    with pytest.raises(InputError, match=r"Without them, give the winners"):
        judged(summary)
