"""What a class states about itself is checked before anything is computed or created."""

from pathlib import Path

import numpy as np
import pytest
from support.own import HEAD, own
from support.own_classes import class_in, rule_in

from rmsprop_lab import Starts, Study
from rmsprop_lab.base.contracts import check_facts
from rmsprop_lab.errors import InputError
from rmsprop_lab.optimizers import GD

CODE = (
    HEAD
    + """class Own(Objective):
    dim: int = 2
    bounds: Bounds = (-2.0, 2.0)
    {fact}

    def value(self, point: Array) -> Array:
        return point[0] * point[0] + point[1] * point[1]
"""
)
RAISING = "@property\n    def minimum(self) -> float:\n        raise SystemExit(3)"
WRONG = {
    "minimum": ['"0"', "float('nan')", "float('inf')", "True", "np.zeros(2)", "[]"],
    "minimizers": ['"0"', "np.zeros(2)", "np.zeros((3, 1))", "np.full((2, 1), np.nan)", "[[0.0], [0.0, 1.0]]", "[]"],
    "largest_term": ['"1"', "-1.0", "float('nan')", "None"],
    "plot_window": ['"ab"', "(-1.0, 1.0)", "((1.0, -1.0), (-1.0, 1.0))", "((-1.0, float('inf')), (-1.0, 1.0))", "0"],
    "noise_sigma": ['"1"', "-1.0", "float('nan')"],
    "noise_seed": ["0.5", "-1", "None"],
    "evaluations_per_gradient": ["0", "1.5", "None"],
    "exact": ['"no"', "1"],
    "planar": ['"no"', "None"],
}
CASES = [(name, value) for name, values in WRONG.items() for value in values]


@pytest.mark.parametrize(("name", "wrong"), CASES)
def test_a_wrong_fact_is_refused_by_its_key(tmp_path: Path, name: str, wrong: str) -> None:
    objective = class_in(tmp_path, CODE.format(fact=f"{name} = {wrong}"), "Own")()
    with pytest.raises(InputError) as refused:
        Study("s", {"own": objective}, {"gd": GD(0.1)}, Starts(count=2), 5)
    assert refused.value.key == f"objectives.own.{name}"


@pytest.mark.parametrize("fact", ['minimum = "0"', 'minimum = float("nan")', RAISING])
def test_the_command_refuses_it_before_anything_is_created(lab, tmp_path: Path, fact: str) -> None:
    own(tmp_path, "objective", "own", CODE.format(fact=fact), "_target_: own.py:Own")
    ended = lab("--config-dir", "mine", "objective=[bowl,own]", "optimizer=gd", "tracking=none")
    assert ended.status == 2
    assert ended.err.startswith("rmsprop-lab: objective.own.minimum: expected a finite number, or None, found ")
    assert not (tmp_path / "outputs").exists()


def test_a_post_init_without_that_of_the_base_class_is_told(tmp_path: Path) -> None:
    forgot = CODE.format(fact="def __post_init__(self) -> None:\n        pass")
    with pytest.raises(InputError, match=r"key\.bounds.*must call super\(\)\.__post_init__"):
        check_facts(class_in(tmp_path, forgot, "Own")(), "key")


@pytest.mark.parametrize("name", ["elementwise", "exact"])
def test_the_facts_of_an_optimizer_are_flags(tmp_path: Path, name: str) -> None:
    rule = (
        f"{HEAD}class Mine(Optimizer):\n    step_size: Positive\n    {name} = 'no'\n\n    def update(self, g, s): ...\n"
    )
    with pytest.raises(InputError, match=rf"key\.{name}: expected True or False"):
        check_facts(rule_in(tmp_path, rule), "key")


def test_numpys_numbers_and_lists_are_facts_too(tmp_path: Path) -> None:
    facts = "minimum = np.float64(0.0); minimizers = [[0.0], [0.0]]; plot_window = [[-1, 1], [-1, 1]]; exact = np.True_"
    objective = class_in(tmp_path, CODE.format(fact=facts), "Own")()
    check_facts(objective, "key")
    assert np.shape(objective.minimizers) == (2, 1)
