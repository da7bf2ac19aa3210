"""What the page computes from: sliders, digests, functions in the hashed script."""

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.studies import study

from rmsprop_lab import Range, Starts, descend, run_study
from rmsprop_lab.base import Array, Count, Epsilon, Flag, Fraction, Hyperparameter, Optimizer, Positive, State
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.space import Space
from rmsprop_lab.report.page.alive import SEVERAL, Descents, alive, digest
from rmsprop_lab.report.page.sliders import sliders


@dataclass(frozen=True, eq=False)
class Many(Optimizer):
    """A rule with every kind of hyperparameter."""

    step_size: Positive = 0.1
    rho: Fraction = 0.0
    count: Count = 3
    on: Flag = True
    shift: Hyperparameter = -2.0
    epsilon: Epsilon = 1e-8

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * gradient, state


def ends(optimizer: Optimizer, space: Space) -> dict[str, tuple[float, float, str]]:
    return {one["name"]: (one["low"], one["high"], one["scale"]) for one in sliders(optimizer, space)}


def test_sliders_without_a_space_go_around_the_configured_value() -> None:
    assert ends(Many(), {}) == {
        "step_size": (0.001, 10.0, "log"),
        "rho": (0.0, 0.999, "log_complement"),
        "count": (0.0, 10.0, "linear"),
        "on": (0.0, 1.0, "linear"),
        "shift": (-4.0, 4.0, "linear"),
        "epsilon": (1e-8 / 100, 1e-6, "log"),
    }


def test_sliders_go_over_the_space_and_hold_the_value() -> None:
    space = {
        "step_size": Range(1e-4, 1.0, "log"),
        "rho": Range(0.9, 0.999, "log_complement"),
        "count": Range(values=(1, 2, 40)),
        "shift": Range(values=(5.0,)),
    }
    found = ends(Many(step_size=3.0, rho=0.5), space)
    assert found["step_size"] == (1e-4, 3.0, "log")
    assert found["rho"] == (0.5, 0.999, "log_complement")
    assert found["count"] == (1.0, 40.0, "log")
    assert found["shift"] == (-4.0, 4.0, "linear")
    assert ends(Many(shift=0.0), {"shift": Range(1e-3, 1.0, "log")})["shift"] == (0.0, 1.0, "linear")


@given(st.floats(min_value=5e-324, max_value=1.7e308))
def test_a_slider_holds_any_value(step: float) -> None:
    (found,) = sliders(GD(step), {})
    assert 0 < found["low"] <= step <= found["high"] < np.inf


@pytest.mark.parametrize("place", range(5))
def test_a_digest_changes_with_each_bit(place: int) -> None:
    numbers = np.array([0.5, -0.0, np.inf, 1e-310, 3.0])
    changed = numbers.copy()
    changed.view(np.uint64)[place] ^= 1
    assert digest(changed) != digest(numbers)
    assert digest(np.array([0.0])) != digest(np.array([-0.0]))
    assert digest(np.array([np.nan])) == digest(np.array([-np.nan]))


def lived(n_iter: int = 5, dim: int = 2, descents: Descents | None = None) -> dict[str, object]:
    run = Run(Problem("bowl", Bowl(dim=dim), Starts(count=3), n_iter), "rmsprop", RMSProp(0.1, 0.9))
    trace = descend(run.problem.objective, run.optimizer, run.problem.points, n_iter=5)
    return alive(run, trace, {}, descents or Descents(), 2)


def test_what_a_run_gives_the_page() -> None:
    descents = Descents()
    found = lived(descents=descents)
    assert (found["function"], found["why"], found["inexact"]) == (0, "", [])
    assert found["starts"] == Starts(count=3).at(Bowl()).T[:2].tolist()
    assert lived(descents=descents)["function"] == 0 and len(descents.functions) == 1
    assert "const DESCENTS = [\n(p, start, n," in descents.script


def test_what_is_recorded_only() -> None:
    assert lived(dim=3)["why"] == "Bowl has 3 dimensions, the page computes paths in two"
    assert lived(dim=1)["why"] == "Bowl has 1 dimension, the page computes paths in two"
    long = lived(n_iter=10_001)
    assert (long["function"], long["digests"]) == (None, None)
    assert long["why"] == "10,001 iterations, the page computes at most 10,000"
    assert lived(descents=Descents(SEVERAL))["why"] == SEVERAL


def test_the_functions_are_in_the_hashed_script(tmp_path: Path) -> None:
    given = study(objectives={"bowl": Bowl()}, n_iter=5)
    for one in (given, replace(given, name="none", objectives={"bowl": Bowl(dim=3)})):
        run_study(one, output_dir=tmp_path, tracking="none", figures=False)
        page = (tmp_path / one.name / "report.html").read_text()
        script = page.rpartition("<script>")[2].partition("</script>")[0]
        assert script.count("(p, start, n, points, values, norms) => {") == 2 * (one.name == "s")
        policy = re.search(r"script-src '(sha256-[^']+)'", page)
        assert policy is not None
        assert policy[1] == f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
