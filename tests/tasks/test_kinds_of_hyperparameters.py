"""Flags, whole numbers and conditional hyperparameters in every search."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from support.searching import CONDITIONAL, tuned_pairs

from rmsprop_lab import load, run_study
from rmsprop_lab.base import Array, Count, Flag, Optimizer, Positive, State
from rmsprop_lab.errors import InputError
from rmsprop_lab.optimizers import RMSPropGraves
from rmsprop_lab.plan.space import Range


@pytest.mark.parametrize("method", ["grid", "random", "tpe", "cmaes"])
def test_conditional_and_flag_hyperparameters_in_every_search(tmp_path: Path, method: str) -> None:
    given = {"optimizers": {"graves": RMSPropGraves(0.01, 0.9)}, "spaces": {"graves": CONDITIONAL}}
    run_study(tuned_pairs(16, method, evaluation=None, **given), output_dir=tmp_path, tracking="none", figures=False)
    runs = load("s", tmp_path)
    assert set(runs["centered"]) == {False, True}
    plain = ~runs["centered"].astype(bool)
    assert (runs.loc[plain, "momentum"] == 0.0).all()
    assert runs.loc[~plain, "momentum"].between(0.5, 0.9).all()


@dataclass(frozen=True, eq=False)
class Patient(Optimizer):
    """Every so often a longer step; whole numbers and flags as hyperparameters."""

    step_size: Positive
    factor: Count = 1
    backwards: Flag = False

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * self.factor * (1.0 - 2.0 * self.backwards) * gradient, state


@pytest.mark.parametrize("method", ["grid", "random", "qmc", "tpe", "cmaes"])
def test_whole_numbers_and_flags_in_every_search(tmp_path: Path, method: str) -> None:
    space = {"factor": Range(1, 9, "linear", 9), "backwards": Range(values=(False, True))}
    given = {"optimizers": {"patient": Patient(0.02)}, "spaces": {"patient": space}}
    summary = run_study(
        tuned_pairs(18, method, evaluation=None, **given), output_dir=tmp_path, tracking="none", figures=False
    )
    runs = load("s", tmp_path)
    assert set(runs["factor"]) <= set(range(1, 10))
    assert all(isinstance(run.hyperparameters["factor"], int) for run in summary.runs.values())
    assert all(isinstance(run.hyperparameters["backwards"], bool) for run in summary.runs.values())
    assert not any(winner.run.hyperparameters["backwards"] for winner in summary.winners)


@pytest.mark.parametrize(("field", "value"), [("factor", 1.5), ("factor", -1), ("backwards", 2), ("factor", True)])
def test_whole_numbers_and_flags_are_checked(field: str, value: float) -> None:
    with pytest.raises(InputError, match=field):
        Patient(0.1, **{field: value})
