"""The key of a user's class: what can change a result changes it, and nothing else does."""

import sys
from pathlib import Path

import numpy as np
import pytest
from support.own import HEAD, QUARTIC
from support.own_classes import MOMENTUM, class_in, rule_in
from support.planning import run_with

from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.keys import ask_again, optimizer_identity
from rmsprop_lab.wrappers import Noisy, Rotated

WITH_DOCSTRINGS = QUARTIC.replace("    dim: int", '    """A function."""\n\n    dim: int').replace(
    "        x, y = point", '        """Its value.\n\n        In words."""\n\n        x,  y = (point)  # unpacked'
)
BESIDE = "np.loadtxt(__file__.replace('own.py', 'data.txt'))"


def key_in(folder: Path, code: str) -> str:
    return run_with(objective=class_in(folder, code, "Quartic")()).run_key


@pytest.mark.parametrize("code", [QUARTIC + "\n\n# edited\n", WITH_DOCSTRINGS, '"""A module."""\n' + QUARTIC])
def test_comments_docstrings_and_layout_keep_the_key(tmp_path: Path, code: str) -> None:
    assert key_in(tmp_path / "a", QUARTIC) == key_in(tmp_path / "b", code)


@pytest.mark.parametrize(
    "code",
    [
        QUARTIC.replace("+ y * y", "+ 1.5 * y * y"),
        QUARTIC.replace("(-2.0, 2.0)", "(-2.0, 2.5)"),
        QUARTIC.replace("return x", "return np.where(x > 1e9, 1.0, x)"),  # the same at every start
        QUARTIC + "\nOTHER = 1\n",
    ],
)
def test_another_constant_or_statement_changes_the_key(tmp_path: Path, code: str) -> None:
    assert key_in(tmp_path / "a", QUARTIC) != key_in(tmp_path / "b", code)


@pytest.mark.parametrize("read", ["on import", "in each call"])
def test_data_beside_the_file_is_part_of_the_key(tmp_path: Path, read: str) -> None:
    code = QUARTIC.replace("x * x * x * x", "DATA * x * x" if read == "on import" else f"{BESIDE} * x * x")
    code = code.replace("\n@data", f"\nDATA = {BESIDE}\n\n@data")
    keys = []
    for name, number in (("a", "2.0"), ("b", "2.0"), ("c", "2.001")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.txt").write_text(number)
        keys.append(key_in(tmp_path / name, code))
    assert keys[0] == keys[1] != keys[2]


def test_a_module_beside_the_file_is_part_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import own_quartic_helper\n" + QUARTIC.replace("y * y", "own_quartic_helper.f(y)")
    keys = []
    for name, line in (("a", "return y * y"), ("b", "return y * y  # edited"), ("c", "return y * y * 1.001")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "own_quartic_helper.py").write_text(f"def f(y):\n    {line}\n")
        with monkeypatch.context() as patched:
            patched.syspath_prepend(tmp_path / name)
            patched.delitem(sys.modules, "own_quartic_helper", raising=False)
            keys.append(key_in(tmp_path / name, code))
    monkeypatch.delitem(sys.modules, "own_quartic_helper")
    assert keys[0] == keys[1] != keys[2]


def test_a_users_objective_in_a_wrapper_of_ours_counts(tmp_path: Path) -> None:
    codes = {"a": QUARTIC, "b": QUARTIC + "# edited\n", "c": QUARTIC.replace("y * y", "y * y * 2.0")}
    for wrap in (Rotated, lambda inner: Noisy(Rotated(inner, seed=2), 0.1)):
        a, b, c = (
            run_with(objective=wrap(class_in(tmp_path / name, code, "Quartic")())).run_key
            for name, code in codes.items()
        )
        assert a == b != c


def test_the_file_of_a_users_base_class_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from own_quartic_base import Quartic\n" + HEAD + "class Below(Quartic):\n    scale: float = 1.0\n"
    keys = []
    for name, text in (("a", QUARTIC), ("b", QUARTIC + "# edited\n"), ("c", QUARTIC + "\nOTHER = 1\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "own_quartic_base.py").write_text(text)
        with monkeypatch.context() as patched:
            patched.syspath_prepend(tmp_path / name)
            patched.delitem(sys.modules, "own_quartic_base", raising=False)
            keys.append(run_with(objective=class_in(tmp_path / name, code, "Below")()).run_key)
    monkeypatch.delitem(sys.modules, "own_quartic_base")
    assert keys[0] == keys[1] != keys[2]


def test_a_rule_is_identified_by_its_source_and_its_steps(tmp_path: Path) -> None:
    def key(name: str, code: str) -> str:
        return run_with(optimizer=rule_in(tmp_path / name, code)).run_key

    same = key("a", MOMENTUM)
    assert key("b", MOMENTUM + "# edited\n") == same
    assert key("c", MOMENTUM.replace("+ gradient", "+ 1.1 * gradient")) != same
    read = MOMENTUM.replace("self.step_size * velocity", f"{BESIDE} * velocity")
    for name, number in (("d", "0.1"), ("e", "0.2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.txt").write_text(number)
    assert key("d", read) != key("e", read)


def test_a_rule_that_needs_whole_arrays_gets_the_point(tmp_path: Path) -> None:
    decayed = MOMENTUM.replace("step_size: P", "elementwise = False\n    step_size: P").replace(
        "state: State)", "state: State, point: Array)"
    )
    answers = optimizer_identity(rule_in(tmp_path / "a", decayed))["answers"]
    assert {len(answer) for answer in answers.values()} == {64}
    read = decayed.replace("velocity, (", "velocity + 0.1 * point, (")
    assert not set(optimizer_identity(rule_in(tmp_path / "b", read))["answers"].values()) & set(answers.values())


def test_runs_of_a_cell_share_the_answers_until_they_are_asked_again(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("0.1")
    rule = rule_in(tmp_path, MOMENTUM.replace("self.step_size * velocity", f"{BESIDE} * velocity"))
    before = optimizer_identity(rule)
    assert optimizer_identity(type(rule)(0.2))["answers"] is before["answers"]
    assert optimizer_identity(type(rule)(0.2))["fields"] != before["fields"]
    (tmp_path / "data.txt").write_text("0.2")
    ask_again()
    assert optimizer_identity(rule)["answers"] != before["answers"]


def test_what_the_code_raises_is_its_answer(tmp_path: Path) -> None:
    objective = class_in(tmp_path / "a", QUARTIC.replace("x, y = point", "raise OSError('no disk')"), "Quartic")()
    run = run_with(objective=objective, optimizer=rule_in(tmp_path / "b", MOMENTUM.replace("+ gradient", "+ [][0]")))
    assert run.problem.identity["objective"]["answers"]["value"] == "OSError"
    assert set(optimizer_identity(run.optimizer)["answers"].values()) == {"IndexError"}
    assert len(run.run_key) == 64


def test_our_classes_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(GD, "update", fails)
    assert optimizer_identity(GD(0.1)) == {
        "class": "rmsprop_lab.optimizers.gd.GD",
        "fields": {"step_size": np.float64(0.1).hex()},
    }
