"""Keys of version 1 stay what they were: folders of that version are found by them."""

import hashlib
from pathlib import Path

import pytest
from support.own import QUARTIC
from support.own_classes import MOMENTUM, class_in, rule_in
from support.planning import run_with

from rmsprop_lab.objectives import Rastrigin
from rmsprop_lab.plan import run as run_module
from rmsprop_lab.plan.keys import described, sha256
from rmsprop_lab.plan.keys_1 import run_key_of_version_1
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.wrappers import Rotated

QUARTIC_KEY = "6abcbbf1e99cf4ed0b4ed0a6e51bd8b2ca3e46dbfd825cb4d219262e0f3dae68"


def test_for_our_classes_it_is_the_run_key(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run_with(), run_with(objective=Rotated(Rastrigin(), seed=1), starts=Starts("fresh", count=2))]
    runs.append(Run(runs[1].problem, "rmsprop", runs[1].optimizer, "numba"))
    keys = [run.run_key for run in runs]
    assert len(set(keys)) == 3
    monkeypatch.setattr(run_module, "NUMERICS_VERSION", 2)
    assert [run_key_of_version_1(run) for run in runs] == keys


def test_a_users_class_is_its_file_byte_by_byte(tmp_path: Path) -> None:
    run = run_with(
        objective=class_in(tmp_path / "a", QUARTIC, "Quartic")(),
        starts=Starts(points=[[0.5, -0.5]]),
        optimizer=rule_in(tmp_path / "b", MOMENTUM),
    )
    digests = {"Quartic": QUARTIC, "Mine": MOMENTUM}

    def of_file(cls: type) -> str:
        return hashlib.sha256(digests[cls.__name__].encode()).hexdigest()

    parts = {"objective": described(run.problem.objective, of_file), "optimizer": described(run.optimizer, of_file)}
    assert run_key_of_version_1(run) == sha256({**run.problem.setting, **parts, "numerics": 1}) == QUARTIC_KEY
    edited = run_with(
        objective=class_in(tmp_path / "c", QUARTIC + "# edited\n", "Quartic")(),
        starts=Starts(points=[[0.5, -0.5]]),
        optimizer=run.optimizer,
    )
    assert edited.run_key == run.run_key
    assert run_key_of_version_1(edited) != run_key_of_version_1(run)
