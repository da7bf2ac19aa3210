"""Repeats of a search are searches of their own."""

from pathlib import Path

import pytest
from support.studies import tuned

from rmsprop_lab import Search, Starts, run_study
from rmsprop_lab.plan.starts import digest
from rmsprop_lab.report.wording import repeats_told
from rmsprop_lab.search import searcher_for
from rmsprop_lab.storage.folder import StudyFolder


@pytest.mark.parametrize("method", ["random", "qmc", "tpe", "cmaes"])
def test_each_repeat_draws_with_a_seed_of_its_own(method: str) -> None:
    cells = tuned(search=Search(method, trials=8, batch=8, repeats=3, seed=5)).cells
    assert [cell.seed for cell in cells] == [5, 6, 7]
    assert len({cell.key for cell in cells}) == 3
    drawn = [tuple(tuple(trial.hyperparameters.values()) for trial in searcher_for(cell).ask()) for cell in cells]
    assert len(set(drawn)) == 3
    (again,) = tuned(search=Search(method, trials=8, batch=8, seed=6)).cells
    assert [trial.hyperparameters for trial in searcher_for(again).ask()] == [
        trial.hyperparameters for trial in searcher_for(cells[1]).ask()
    ]


@pytest.mark.parametrize("method", ["none", "grid", "random", "tpe"])
def test_each_repeat_draws_its_starts_and_those_of_its_evaluation_anew(method: str) -> None:
    given = tuned(search=Search(method, trials=4, repeats=3, seed=5), starts=Starts(count=4, seed=7))
    seen = [digest(cell.problem.points) for cell in given.cells]
    assert [cell.problem.start_seed for cell in given.cells] == [7, 8, 9]
    assert len(set(seen)) == 3
    if given.evaluates:
        fresh = [next(given.evaluations(cell, cell.run({}))).problem for cell in given.cells]
        assert [problem.start_seed for problem in fresh] == [0, 1, 2]
        assert len({digest(problem.points) for problem in fresh} | set(seen)) == 6
    again = tuned(search=Search(method, trials=4, seed=6), starts=Starts(count=4, seed=8)).cells[0]
    assert again.problem.points.tolist() == given.cells[1].problem.points.tolist()


@pytest.mark.parametrize("stays", [Starts("tutorial", seed=1), Starts(points=[[0.5, -0.5], [1.0, 1.0]])])
def test_the_tutorials_starts_and_fixed_ones_stay_and_the_study_says_so(stays: Starts) -> None:
    given = tuned(search=Search("random", trials=4, repeats=3), starts=stays)
    assert len({id(cell.problem) for cell in given.cells}) == 1
    assert given.redrawn == ["evaluation"]
    assert repeats_told(given) == f", 3 repeats (the {stays.method} starts stay)"


def test_a_study_with_repeats_counts_a_reference_for_each(tmp_path: Path) -> None:
    """Every repeat is a whole study: the optimizer as configured is run from its starts too."""
    given = tuned(search=Search("random", trials=4, repeats=3))
    summary = run_study(given, output_dir=tmp_path, tracking="none", figures=False)
    assert len(given) == 3 * (4 + 1 + 2) == len(StudyFolder(tmp_path, "s").trials())
    assert {key[2] for key in summary.references} == {0, 1, 2}
    again = run_study(given, output_dir=tmp_path, tracking="none", figures=False)
    assert (again.computed, len(again.runs)) == (0, len(summary.runs))
    (row,) = summary.best.to_dict("records")
    scores = sorted(winner.row()["score"] for winner in summary.winners)
    assert row["score"] == pytest.approx(sum(scores) / 3)
    assert row["score_low"] < row["score"] < row["score_high"]
    assert len(set(scores)) == 3


def test_the_demos_plan_with_eight_repeats_has_2592_runs(lab) -> None:
    ended = lab("experiment=compare", "search.repeats=8", "limits.runs=200", "tracking=none")
    assert "2,592 runs" in ended.err
