"""Whatever a user's class raises, wherever it is called: its runs failed, and the others are ranked."""

from pathlib import Path

import numpy as np
import pytest
from support.own import HEAD, own
from support.own_classes import class_in

from rmsprop_lab import Starts, load
from rmsprop_lab.base.contracts import check_objective, objective_fault
from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.evaluation.target import steps_until
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plots.objective import scene_of

RAISED = {
    'raise ValueError("one\\n  two\\nthree")': "ValueError: one two three",
    "return self.value(point)": "RecursionError: maximum recursion depth exceeded",
    "raise SystemExit(3)": "SystemExit: 3",
    "raise BaseException": "BaseException",
    "raise _Broken": "_Broken",
}
BROKEN = """class _Broken(Exception):
    def __str__(self) -> str:
        raise ValueError


"""
VALUE = (
    HEAD.replace("@dataclass", f"{BROKEN}@dataclass")
    + """class Own(Objective):
    dim: int = 2
    bounds: Bounds = (-2.0, 2.0)

    def value(self, point: Array) -> Array:
        {condition}{statement}
        return point[0] * point[0] + point[1] * point[1]
"""
)
UPDATE = (
    HEAD
    + """class Own(Optimizer):
    step_size: Positive = 0.1

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        {statement}
"""
)
SPACE = "_target_: own.py:Own\n  space: {step_size: {low: 0.01, high: 1.0, scale: log, points: 3}}"
GIVEN = ("--config-dir", "mine", "n_iter=20", "tracking=none", "name=s")


def value(statement: str, condition: str = "") -> str:
    return VALUE.format(statement=statement, condition=condition)


@pytest.mark.parametrize(
    "method", ["none", *(pytest.param(method, marks=pytest.mark.slow) for method in ("grid", "random", "tpe"))]
)
@pytest.mark.parametrize("statement", RAISED)
def test_the_other_objective_is_ranked(lab, tmp_path: Path, statement: str, method: str) -> None:
    own(tmp_path, "objective", "own", value(statement), "_target_: own.py:Own")
    given = (*GIVEN, "objective=[own,bowl]", "optimizer=gd", f"search={method}")
    trials = ("search.trials=4",) if method in ("random", "tpe") else ()
    ended = lab(*given, *trials, "figures=false")
    assert ended.status == 1, ended.err
    assert ended.err.splitlines()[-1].endswith(f": {RAISED[statement]}")
    assert "runs failed; the first, gd on own" in ended.err
    runs = load("s").set_index("objective")
    assert set(runs.loc[["bowl"], "outcome"]) == {"ok"}
    assert set(runs.loc[["own"], "outcome"]) == {"failed"}
    assert set(runs.loc[["own"], "message"]) == {RAISED[statement]}
    assert "bowl" in (tmp_path / "outputs/s/tables/ranking.csv").read_text()


@pytest.mark.parametrize("statement", ["raise ValueError", "raise SystemExit(3)"])
def test_the_other_optimizer_is_ranked(lab, tmp_path: Path, statement: str) -> None:
    own(tmp_path, "optimizer", "own", UPDATE.format(statement=statement), SPACE)
    ended = lab(*GIVEN, "objective=bowl", "optimizer=[own,gd]", "search=grid", "figures=false")
    assert ended.status == 1, ended.err
    runs = load("s").set_index("optimizer")
    assert set(runs.loc[["gd"], "outcome"]) == {"ok"}
    assert set(runs.loc[["own"], "outcome"]) == {"failed"}
    assert "On no objective two optimizers ran without errors." in ended.out
    assert "failed" in next(line for line in ended.out.splitlines() if line.split()[:1] == ["own"])
    (told,) = [line for line in ended.out.splitlines() if line.startswith("failed")]
    assert told.startswith("failed   own: every run raised an error on bowl: ")
    assert "diverged" not in told


@pytest.mark.slow
@pytest.mark.parametrize("statement", ["raise ValueError", "raise SystemExit(3)"])
def test_pictures_and_landscapes_of_others_are_made(lab, tmp_path: Path, statement: str) -> None:
    own(tmp_path, "objective", "own", value(statement), "_target_: own.py:Own")
    given = (*GIVEN, "objective=[own,bowl]", "optimizer=rmsprop")
    assert lab(*given).status == 1
    figures = {path.name for path in (tmp_path / "outputs/s/figures").iterdir()}
    assert {"own_contour.png", "own_surface.png", "bowl_contour.png", "comparison.png"} <= figures
    ended = lab(*given, "task=landscape", "landscape.resolution=4")
    assert ended.status == 1
    assert "landscapes that failed: 1; the first, rmsprop on own: " in ended.err
    assert (tmp_path / "outputs/s/figures/bowl_rmsprop_dense_map.png").exists()


@pytest.mark.parametrize("statement", ["raise ValueError", "raise SystemExit(3)"])
def test_a_class_that_raises_when_it_is_made_is_refused(lab, tmp_path: Path, statement: str) -> None:
    made = f"    def __post_init__(self) -> None:\n        {statement}\n"
    own(tmp_path, "objective", "own", f"{value('pass')}\n{made}", "_target_: own.py:Own")
    ended = lab(*GIVEN, "objective=own", "optimizer=gd")
    assert ended.status == 2
    assert ended.err.startswith("rmsprop-lab: objective.own: expected values that Own takes, found ")
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize("statement", RAISED)
def test_the_check_finds_it(tmp_path: Path, statement: str) -> None:
    (finding,) = check_objective(class_in(tmp_path, value(statement), "Own")())
    assert finding.wrong == f"raises {RAISED[statement]}"


@pytest.mark.parametrize("statement", ["raise ValueError", "raise SystemExit(3)"])
def test_where_it_raises_on_a_mesh_alone_the_mesh_is_asked_point_by_point(tmp_path: Path, statement: str) -> None:
    objective = class_in(tmp_path, value(statement, "if (point[0] > 1.0).any(): "), "Own")()
    scene = scene_of(objective, objective.bounds, n=9)
    assert np.isnan(scene.values).any(axis=0).tolist() == (scene.x > 1.0).tolist()
    assert np.isnan(scene.values).sum() == 2 * 9


def run_of(tmp_path: Path, statement: str) -> Run:
    objective = class_in(tmp_path, value(statement), "Own")()
    return Run(Problem("own", objective, Starts(points=[[1.0, 1.0]]), 5), "gd", GD(0.1))


def test_a_target_is_never_reached_by_code_that_raises(tmp_path: Path) -> None:
    assert steps_until(run_of(tmp_path, "raise SystemExit(3)"), 1e-3) == float("inf")


def test_an_interrupt_is_no_result(tmp_path: Path) -> None:
    run = run_of(tmp_path, "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        compute([run])
    with pytest.raises(KeyboardInterrupt):
        objective_fault(run.problem.objective, run.problem.points)
