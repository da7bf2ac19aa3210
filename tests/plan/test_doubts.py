"""Probable mistakes in the user's code are told before it is computed with, once, and nothing is refused."""

from pathlib import Path

import numpy as np
import pytest
from support.own import HEAD, QUARTIC, own

from rmsprop_lab.base.contracts import gradient_doubt, uphill
from rmsprop_lab.errors import ContractWarning
from rmsprop_lab.objectives import Ackley, Bowl
from rmsprop_lab.optimizers import GD

NONE = ("tracking=none", "figures=false", "report=false", "n_iter=3")
SLOPE = "    def gradient(self, point): return {} * 4 * point[0] ** 3, 2 * point[1]\n"
RULE = """class Turned(Optimizer):
    step_size: Positive = 0.1
    def update(self, g, state): return {}, state
"""


def told(recwarn: pytest.WarningsRecorder) -> set[str]:
    return {str(found.message) for found in recwarn if found.category is ContractWarning}


@pytest.mark.filterwarnings("default::rmsprop_lab.errors.ContractWarning")
@pytest.mark.parametrize(("factor", "doubted"), [(1, False), (2, True), (-1, True)])
def test_a_wrong_gradient_is_told(lab, recwarn, tmp_path: Path, factor: float, doubted: bool) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC + SLOPE.format(factor), "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", *NONE)
    assert ended.status == 0, ended.err
    found = told(recwarn)
    assert len(found) == doubted
    assert all("objective.quartic.gradient: at 10 of 10 starts it is not the slope of value" in text for text in found)


@pytest.mark.filterwarnings("default::rmsprop_lab.errors.ContractWarning")
@pytest.mark.parametrize(("step", "doubted"), [("self.step_size * g", 0), ("-self.step_size * g", 1), ("0 * g", 0)])
def test_a_step_up_the_gradient_is_told(lab, recwarn, tmp_path: Path, step: str, doubted: int) -> None:
    own(tmp_path, "optimizer", "turned", HEAD + RULE.format(step), "_target_: turned.py:Turned")
    ended = lab("--config-dir", "mine", "objective=bowl", "optimizer=turned", *NONE)
    assert ended.status == 0, ended.err
    assert len(told(recwarn)) == doubted
    assert ("WRONG" in lab("--config-dir", "mine", "task=check", "optimizer=turned").out) == bool(doubted)


@pytest.mark.filterwarnings("default::rmsprop_lab.errors.ContractWarning")
def test_a_changed_gradient_is_told(lab, recwarn, tmp_path: Path) -> None:
    body = RULE.format("g").replace("return", "g *= self.step_size; return")
    own(tmp_path, "optimizer", "turned", HEAD + body, "_target_: turned.py:Turned")
    ended = lab("--config-dir", "mine", "objective=bowl", "optimizer=turned", *NONE)
    assert ended.status == 0, ended.err
    (text,) = told(recwarn)
    assert "optimizer.turned.update: it changes the gradient that it is given, in place" in text
    assert "WRONG" in lab("--config-dir", "mine", "task=check", "optimizer=turned").out


def test_kinks_and_errors_are_no_doubt() -> None:
    class Kinked(Bowl):
        def value(self, point):
            return np.abs(point).sum(axis=0)

        def gradient(self, point):
            return np.where(point == 0.0, 1.0, np.sign(point))

    class Raising(Bowl):
        def gradient(self, point):
            raise RuntimeError

    class Away(GD):
        def update(self, gradient, state):
            raise RuntimeError

    points = np.array([[0.0, 1.0, -2.0], [0.0, 0.5, 0.25]])
    assert gradient_doubt(Kinked(), points) == ""
    assert gradient_doubt(Kinked(), points[:, :1]) != ""
    assert gradient_doubt(Raising(), points) == gradient_doubt(Ackley(), points) == ""
    assert not uphill(Away(0.1), points)
    assert issubclass(ContractWarning, UserWarning)
