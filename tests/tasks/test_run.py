"""A study grows: again is nothing, wider is only the new, killed and resumed is the same."""

from pathlib import Path

import pandas as pd
import pytest
from support.searching import SPACE
from support.studies import assert_same, study, tables, tuned

from rmsprop_lab import load, run_study
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.loading import load_traces


def test_again_computes_nothing(tmp_path: Path) -> None:
    first = run_study(study(), output_dir=tmp_path, tracking="none")
    assert (first.computed, first.added) == (8, True)
    before = tables(tmp_path)
    drawn = {path: path.stat().st_mtime_ns for path in (tmp_path / "s" / "figures").iterdir()}
    again = run_study(study(), output_dir=tmp_path, tracking="none")
    assert (again.computed, again.added) == (0, False)
    assert_same(tables(tmp_path), before)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "s" / "figures").iterdir()} == drawn
    pd.testing.assert_frame_equal(first.best, again.best)


def test_a_wider_grid_computes_only_the_new_points(tmp_path: Path) -> None:
    run_study(study((0.01, 0.1)), output_dir=tmp_path, tracking="none", figures=False)
    wider = run_study(study((0.01, 0.1, 0.2)), output_dir=tmp_path, tracking="none", figures=False)
    assert wider.computed == 4
    assert len(load("s", tmp_path)) == 12


def test_a_default_that_is_a_grid_point_is_the_same_run(tmp_path: Path) -> None:
    run_study(study((0.05, 0.1)), output_dir=tmp_path, tracking="none", figures=False)
    default = run_study(study(method="none"), output_dir=tmp_path, tracking="none", figures=False)
    assert (default.computed, default.added) == (0, True)
    trials = StudyFolder(tmp_path, "s").trials()
    assert trials["regime"].value_counts().to_dict() == {"grid": 8, "default": 4}


def test_the_summary_covers_the_commands_own_plan(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path, tracking="none", figures=False)
    one = run_study(
        study(objectives={"bowl": Bowl()}, optimizers={"gd": GD(0.05)}), output_dir=tmp_path, tracking="none"
    )
    assert one.best[["objective", "optimizer"]].to_numpy().tolist() == [["bowl", "gd"]]


def test_results_do_not_depend_on_order_or_company(tmp_path: Path) -> None:
    whole = study()
    run_study(whole, output_dir=tmp_path / "whole", tracking="none", figures=False)
    for name, objective in reversed(whole.objectives.items()):
        part = study(objectives={name: objective})
        run_study(part, output_dir=tmp_path / "parts", tracking="none", figures=False)
    assert_same(tables(tmp_path / "parts"), tables(tmp_path / "whole"))


def test_the_best_runs_are_the_lowest_scores(tmp_path: Path) -> None:
    summary = run_study(study((1e-4, 0.1, 1e3)), output_dir=tmp_path, tracking="none", figures=False)
    trials, runs = StudyFolder(tmp_path, "s").trials(), load("s", tmp_path).set_index("run_key")
    for row in summary.best.to_dict("records"):
        mine = trials[(trials["objective"] == row["objective"]) & (trials["optimizer"] == row["optimizer"])]
        assert row["score"] == mine["score"].min()
        assert row["trials"] == 3
        assert row["trials_lost"] == (runs.loc[mine["run_key"], "outcome"] != "ok").sum()
    assert summary.best["trials_lost"].sum() > 0
    assert summary.best.groupby("objective")["score"].is_monotonic_increasing.all()
    assert summary.best["rank"].isna().all()  # of one repeat nothing is ranked


def test_an_unknown_tracking_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="tracking"):
        run_study(study(), output_dir=tmp_path, tracking="mlfow")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_a_random_study_grows_with_its_trials(tmp_path: Path) -> None:
    spaces = {"gd": {"step_size": SPACE["step_size"]}, "rmsprop": SPACE}
    small = study(search=Search("random", trials=4), spaces=spaces)
    large = study(search=Search("random", trials=7), spaces=spaces)
    assert run_study(small, output_dir=tmp_path, tracking="none", figures=False).computed == 16
    assert run_study(large, output_dir=tmp_path, tracking="none", figures=False).computed == 12
    counts = load("s", tmp_path).groupby(["objective", "optimizer"]).size()
    assert set(counts) == {7}


def test_a_point_asked_for_twice_is_one_run_with_one_trace(tmp_path: Path) -> None:
    space = {"rho": Range(values=(0.5, 0.9))}
    run_study(tuned(trials=22, spaces={"rmsprop": space}), output_dir=tmp_path, tracking="none", figures=False)
    searched = StudyFolder(tmp_path, "s").trials().query("phase == 'search'")
    assert searched["run_key"].nunique() < len(searched) == 23
    assert not load_traces("s", output_dir=tmp_path).duplicated(["run_key", "start", "iteration"]).any()
