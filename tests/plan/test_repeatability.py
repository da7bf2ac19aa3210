"""A class that gives two answers to one question is refused by name."""

from pathlib import Path

import pytest
from support.own import QUARTIC
from support.own_classes import MOMENTUM, class_in, rule_in

from rmsprop_lab import Study
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.wrappers import Shifted

VALUE = "x * x * x * x + y * y"
UNREPEATABLE = {
    "noise": QUARTIC.replace(VALUE, f"{VALUE} + np.random.random()"),
    "generator": QUARTIC.replace("\n@data", "\nRNG = np.random.default_rng(0)\n\n@data").replace(
        VALUE, f"{VALUE} + RNG.normal(size=x.shape)"
    ),
    "made at random": QUARTIC
    + "\n    def __post_init__(self):\n        super().__post_init__()\n"
    + "        object.__setattr__(self, 'a', np.random.random())\n"
    + f"\n    def value(self, point):\n        x, y = point\n        return self.a * ({VALUE})\n",
    "counts": QUARTIC.replace("\n@data", "\nCALLS = []\n\n@data")
    .replace("        x, y", "        CALLS.append(0)\n        x, y")
    .replace(VALUE, f"{VALUE} + len(CALLS)"),
    "remembers the last point": QUARTIC.replace("\n@data", "\nLAST = []\n\n@data").replace(
        "        x, y", "        LAST[:] = [point]\n        x, y"
    )
    + "\n    def gradient(self, point):\n        return 2.0 * LAST[0]\n",
    "raises now and then": QUARTIC.replace("\n@data", "\nCALLS = []\n\n@data").replace(
        "        x, y", "        CALLS.append(0)\n        [0][len(CALLS) % 2]\n        x, y"
    ),
}

RULES = {
    "noise": MOMENTUM.replace("+ gradient", "+ gradient * np.random.random()"),
    "shared state": MOMENTUM.replace("\n@data", "\nV = [0.0]\n\n@data").replace(
        "        velocity = ", "        V[0] = V[0] + gradient\n        velocity = V[0] + "
    ),
    "shared, but cleared by init": MOMENTUM.replace("\n@data", "\nV = [0.0]\n\n@data")
    .replace("        return (0.0,)", "        V[0] = 0.0\n        return (0.0,)")
    .replace("        velocity = ", "        V[0] = V[0] + gradient\n        velocity = V[0] + "),
    "a count in the object": MOMENTUM.replace(
        "        velocity = ",
        "        object.__setattr__(self, 'n', getattr(self, 'n', 0) + 1)\n        velocity = self.n * ",
    ),
}


@pytest.mark.parametrize("case", sorted(UNREPEATABLE))
def test_an_objective_is_refused_also_in_a_wrapper(tmp_path: Path, case: str) -> None:
    cls = class_in(tmp_path / "own", UNREPEATABLE[case], "Quartic")
    for objective in (cls(), Shifted(cls(), 0.25)):
        study = Study("study", {"bowl": Bowl(), "mine": objective}, {"gd": GD(0.1)}, [[0.5, 0.5]], 3)
        with pytest.raises(InputError, match=r"^objectives\.mine: expected an objective that answers") as caught:
            study.check_code()
        assert type(objective).__name__ in str(caught.value)


@pytest.mark.parametrize("case", sorted(RULES))
def test_an_optimizer_is_refused(tmp_path: Path, case: str) -> None:
    study = Study("study", {"bowl": Bowl()}, {"gd": GD(0.1), "mine": rule_in(tmp_path, RULES[case])}, [[0.5, 0.5]], 3)
    with pytest.raises(InputError, match=r"^optimizers\.mine: expected an optimizer that answers.* Mine, which takes"):
        study.check_code()


@pytest.mark.parametrize(
    "value", [VALUE, f"np.random.default_rng(0).normal() * ({VALUE})", "1 / 0", "np.where(x > 0, x, 1.0)"]
)
def test_what_answers_the_same_is_not(tmp_path: Path, value: str) -> None:
    objective = class_in(tmp_path / "a", QUARTIC.replace(VALUE, value), "Quartic")()
    rule = rule_in(tmp_path / "b", MOMENTUM)
    Study("study", {"mine": Shifted(objective, 0.5), "bare": objective}, {"mine": rule}, [[0.5, 0.5]], 3).check_code()
