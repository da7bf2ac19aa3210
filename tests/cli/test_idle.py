"""What a command line sets in vain is told, and a plan is a plan of what the command does."""

import re

import pytest

IDLE = {
    "search.trials=5": "search.trials changes nothing with search=none; it is for random, qmc, tpe and cmaes",
    "search.widen=true": "search.widen changes nothing with search=none; it is for grid, random, qmc, tpe and cmaes",
    "search=random search.points=3": "search.points changes nothing with search=random; it is for grid",
    "search=random search.batch=2": "search.batch changes nothing with search=random; it is for tpe and cmaes",
    "search=grid ++search.trials=3": "search.trials changes nothing with search=grid",
    "evaluation.count=3": "evaluation.count changes nothing with search=none",
    "starts=fixed starts.points=[[0.1,0.2]] starts.count=3": "starts.count changes nothing with starts=fixed",
}
READ = ["search=random search.trials=3 evaluation.count=2", "search=grid search.points=2", "starts.count=2", "n_iter=3"]


@pytest.mark.parametrize("words", IDLE)
def test_what_changes_nothing_is_told(lab, words: str) -> None:
    ended = lab("task=plan", *words.split())
    assert ended.status == 0
    assert IDLE[words] in ended.err


@pytest.mark.parametrize("words", READ)
def test_what_is_read_is_not(lab, words: str) -> None:
    assert "changes nothing" not in lab("task=plan", *words.split()).err


def test_the_plan_of_several_processes_says_what_one_takes(lab) -> None:
    out = lab("task=plan", "optimizer=[gd,adam]", "search=random", "jobs=2").out
    assert re.search(r"^takes .* for [\d,]+ runs, in one process ", out, re.M)


def test_a_study_tells_it_too_and_is_made(lab) -> None:
    ended = lab("search.trials=5", "optimizer=gd", "n_iter=2", "tracking=none", "figures=false", "report=false")
    assert ended.status == 0
    assert ended.err.count("search.trials changes nothing") == 1


@pytest.mark.parametrize("words", ["task=plan task=run", "task=plan task=landscape", "-m task=plan task=run,plan"])
def test_a_command_has_one_task(lab, words: str) -> None:
    ended = lab(*words.split(), "n_iter=2")
    assert ended.status == 2
    assert "task: expected one " in ended.err


@pytest.mark.parametrize("name", ["landscape", "playground"])
def test_what_is_no_study_is_not_planned_as_one(lab, name: str) -> None:
    ended = lab("task=plan", f"experiment={name}")
    assert ended.status == 2
    assert f"found task={name}, which the experiment sets. Leave out task=plan." in ended.err
