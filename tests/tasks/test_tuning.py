"""Tuning: totals of trials, changed spaces, scores, figures and tables."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.searching import SPACE, tuned_pairs
from support.studies import assert_same, tables

from rmsprop_lab import run_study
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.space import Range
from rmsprop_lab.storage.folder import StudyFolder


@pytest.mark.slow
def test_trials_are_a_total_and_again_is_nothing(tmp_path: Path) -> None:
    few = {"evaluation": None}
    run_study(tuned_pairs(6, **few), output_dir=tmp_path / "a", tracking="none", figures=False)
    more = run_study(tuned_pairs(10, **few), output_dir=tmp_path / "a", tracking="none", figures=False)
    assert more.computed == 4 * 4
    run_study(tuned_pairs(10, **few), output_dir=tmp_path / "b", tracking="none", figures=False)
    assert_same(tables(tmp_path / "a"), tables(tmp_path / "b"))
    again = run_study(tuned_pairs(10, **few), output_dir=tmp_path / "a", tracking="none", figures=False)
    assert (again.computed, again.added) == (0, False)
    fewer = run_study(tuned_pairs(6, **few), output_dir=tmp_path / "a", tracking="none", figures=False)
    assert set(fewer.best["trials"]) == {6}


def test_a_changed_space_or_method_is_another_cell(tmp_path: Path) -> None:
    run_study(tuned_pairs(evaluation=None), output_dir=tmp_path, tracking="none", figures=False)
    wider = {"gd": {"step_size": Range(1e-4, 2.0, "log")}, "rmsprop": SPACE}
    changed = run_study(tuned_pairs(evaluation=None, spaces=wider), output_dir=tmp_path, tracking="none", figures=False)
    assert changed.computed == 20
    cells = StudyFolder(tmp_path, "s").trials().groupby("cell").size()
    assert len(cells) == 6
    assert set(cells) == {10}
    gd = changed.winners[0].cell
    assert replace(gd, search=replace(gd.search, seed=1)).key != gd.key
    assert replace(gd, search=replace(gd.search, trials=99)).key == gd.key
    others = [replace(gd, search=replace(gd.search, **change)) for change in ({"score": "final_gap"}, {"batch": 5})]
    others += [replace(gd, problem=replace(gd.problem, objective=Bowl(dim=3))), replace(gd, optimizer=GD(0.06))]
    assert len({gd.key, *(other.key for other in others)}) == 5


def test_scores_may_be_steps_and_are_never_nan(tmp_path: Path) -> None:
    summary = run_study(tuned_pairs(score="steps_to_1e-3"), output_dir=tmp_path, tracking="none", figures=False)
    scores = StudyFolder(tmp_path, "s").trials()["score"]
    assert not scores.isna().any()
    assert scores.between(1, 2 * 15).all()  # a start that never arrives counts twice all iterations
    assert (scores * 3 * 5 % 1).round(9).isin([0.0, 1.0]).all()  # means over three starts, or over five fresh ones
    assert (summary.best["score"] >= 1).all()


@pytest.mark.slow
def test_figures_and_tables_of_a_tuning_study(tmp_path: Path) -> None:
    given = tuned_pairs(objectives={"himmelblau": Himmelblau()}, repeats=2)
    run_study(given, output_dir=tmp_path, tracking="none")
    figures = {path.name for path in (tmp_path / "s/figures").glob("*.png")}
    assert {"budget.png", "himmelblau_rmsprop_trials.png", "himmelblau_rmsprop.png"} <= figures
    tables = {path.name for path in (tmp_path / "s/tables").glob("*.csv")}
    assert tables == {
        f"{name}.csv" for name in ("ranking", "pairs", "overall", "ecdf", "profile", "searches", "budget")
    }


def test_the_tutorial_tuned_arrives_sooner(lab) -> None:
    ended = lab("experiment=tune", "tracking=none", "search.trials=24")
    assert ended.status == 0
    (line,) = [line for line in ended.out.splitlines() if line.startswith("target")]
    sooner = int(line.split(" sooner than as configured")[0].split()[-1])
    assert int(line.split("below 5e-06 after ")[1].split()[0]) == 34 - sooner < 15
    assert line.endswith("; after 34 iterations with step_size 0.01, rho 0.99, as configured (1 start of the search)")
