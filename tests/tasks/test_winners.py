"""What a search found: fresh starts, repeats, edges, wider spaces, targets."""

from pathlib import Path

import numpy as np
import pytest
from support.searching import tuned_pairs

from rmsprop_lab import load, run_study
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.space import Range
from rmsprop_lab.storage.folder import StudyFolder


def test_winners_and_defaults_are_run_on_fresh_starts(tmp_path: Path) -> None:
    summary = run_study(tuned_pairs(), output_dir=tmp_path, tracking="none", figures=False)
    trials, runs = StudyFolder(tmp_path, "s").trials(), load("s", tmp_path)
    assert trials.groupby(["phase", "regime"]).size().to_dict() == {
        ("evaluate", "default"): 4,
        ("evaluate", "tuned"): 4,
        ("search", "default"): 4,
        ("search", "tuned"): 40,
    }
    for winner in summary.winners:
        assert winner.shown is not None
        assert winner.default is not None
        assert winner.shown.hyperparameters == winner.run.hyperparameters
        assert winner.default.problem is winner.shown.problem
        seen, fresh = winner.run.problem.points, winner.shown.problem.points
        assert fresh.shape[1] == 5
        assert not {tuple(point) for point in seen.T} & {tuple(point) for point in fresh.T}
    assert set(summary.best["run_key"]) == {winner.shown.run_key for winner in summary.winners if winner.shown}
    scores = trials[trials["phase"] == "evaluate"].set_index("run_key")["score"]
    for row in summary.best.to_dict("records"):
        assert row["score"] == scores[row["run_key"]]
        (untuned,) = (w.default for w in summary.winners if w.shown and w.shown.run_key == row["run_key"])
        assert row["untuned"] == scores[untuned.run_key]
    assert runs["run_key"].is_unique


def test_of_repeats_the_mean_its_interval_and_the_median_winner_are_shown(tmp_path: Path) -> None:
    summary = run_study(tuned_pairs(repeats=3, n_iter=40), output_dir=tmp_path, tracking="none", figures=False)
    assert set(summary.best["repeats"]) == {3}
    for row in summary.best.to_dict("records"):
        mine = [
            w
            for w in summary.winners
            if (w.cell.problem.name, w.cell.optimizer_name) == (row["objective"], row["optimizer"])
        ]
        scores = {winner.shown_score: winner.shown.run_key for winner in mine}
        assert row["run_key"] == scores[sorted(scores)[1]]
        assert row["score"] == pytest.approx(np.mean(list(scores)))
        assert row["score_high"] - row["score"] == pytest.approx(row["score"] - row["score_low"])
    assert len({winner.cell.key for winner in summary.winners}) == 12


def test_a_winner_at_an_edge_is_flagged_and_the_space_can_be_widened(tmp_path: Path) -> None:
    narrow = {"gd": {"step_size": Range(1e-4, 1e-3, "log")}}
    only = {"objectives": {"bowl": Bowl()}, "optimizers": {"gd": GD(0.05)}, "spaces": narrow}
    flagged = run_study(tuned_pairs(**only), output_dir=tmp_path, tracking="none", figures=False).winners[0]
    assert [(edge.hyperparameter, edge.end) for edge in flagged.edges] == [("step_size", "high")]
    assert flagged.edges[0].wider == pytest.approx(1.8e-3)
    wide = run_study(tuned_pairs(**only, widen=True), output_dir=tmp_path, tracking="none", figures=False).winners[0]
    assert wide.cell.space["step_size"].high > 1.8e-3
    assert wide.score < flagged.score


def test_the_way_to_a_target_is_told_once_for_all_repeats(lab) -> None:
    given = (
        "optimizer=[gd,rmsprop]",
        "search=random",
        "search.trials=4",
        "search.repeats=3",
        "target=1e-300",
        "n_iter=9",
    )
    lines = [line for line in lab(*given, "tracking=none").out.splitlines() if line.startswith("target")]
    assert [line.split()[1] for line in lines] == ["gd", "rmsprop"]
    assert all(": never below 1e-300 with step_size" in line for line in lines)


@pytest.mark.slow
def test_a_widened_search_says_over_what(lab) -> None:
    narrow = [f"optimizer.gd.space.step_size.{end}" for end in ("low=1e-4", "high=1e-3")]
    given = "objective=bowl", "optimizer=gd", "search=tpe", "search.trials=8", "tracking=none", *narrow
    ended = lab(*given)
    told = "gd: step_size at its high end on bowl"
    assert f"edge     {told}\n" in ended.out
    wide = lab(*given, "search.widen=true").out
    assert "wider    gd: step_size searched again over 0.0001 to 0.0" in wide


def test_where_all_is_lost_the_widest_stable_step_size_is_found(tmp_path: Path, lab) -> None:
    ended = lab("optimizer=gd", "search=tpe", "search.trials=4", "tracking=none", "n_iter=1000",
                "optimizer.gd.space.step_size.low=10", "optimizer.gd.space.step_size.high=100")  # fmt: skip
    assert ended.status == 0
    told = "all 4 trials diverged on bowl; the largest step_size that does not diverge is about "
    assert 0.97 <= float(ended.out.partition(told)[2].partition(":")[0]) <= 1.0  # beyond 1 every step is too long
