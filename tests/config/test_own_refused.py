"""What is wrong with a user's file is said before anything is created."""

from pathlib import Path

import pytest
from support.own import HEAD, QUARTIC, own


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("gradient * 1j, state", "one is complex128"),
        ("gradient.sum(), state", "has shape ()"),
        ("gradient", "(step, state)"),
    ],
)
def test_a_rule_of_wrong_shape_or_kind_is_refused(lab, tmp_path: Path, step: str, says: str) -> None:
    code = (
        HEAD
        + f"""class Rule(Optimizer):
    step_size: Positive

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return {step}
"""
    )
    own(tmp_path, "optimizer", "rule", code, "_target_: rule.py:Rule\n  step_size: 0.1")
    ended = lab("--config-dir", "mine", "optimizer=rule", "tracking=none")
    assert ended.status == 2
    assert "optimizer.rule.update: expected a step and a state" in ended.err
    assert says in ended.err
    assert {path.name for path in tmp_path.iterdir()} == {"mine"}


WRONG_YAML = {
    "other key": ("other: {}", "expected `quartic:` as the only key of objective/quartic.yaml, found other"),
    "no key": ("_target_: quartic.py:Quartic", "found _target_"),
    "empty": ("", "found None"),
    "broken": ("quartic: {_target_: [quartic.py:Quartic}", "expected valid YAML, found objective/quartic.yaml"),
    "misspelt": ("quartic: {_traget_: 'quartic.py:Quartic'}", "Did you mean '_target_'?"),
}


@pytest.mark.parametrize("case", sorted(WRONG_YAML))
def test_a_wrong_yaml_is_refused_in_words(lab, tmp_path: Path, case: str) -> None:
    text, says = WRONG_YAML[case]
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    (tmp_path / "mine/objective/quartic.yaml").write_text(text)
    ended = lab("--config-dir", "mine", "objective=quartic", "tracking=none")
    assert ended.status == 2
    assert says in ended.err
    assert "Traceback" not in ended.err


def test_a_class_without_the_decorator_is_told_to_have_it(lab, tmp_path: Path) -> None:
    code = QUARTIC.replace("@dataclass(frozen=True, eq=False)", "")
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "objective=quartic", "tracking=none")
    assert ended.status == 2
    assert "Put @dataclass(frozen=True, eq=False) above Quartic." in ended.err


BAD = {
    "value": ("        return point * point\n", "objective.quartic.value: expected real numbers of shape (10,)"),
    "complex": ("        return (x + 1j * y)\n", "complex128"),
    "nan": ("        return x * np.nan\n", "objective.quartic.value: expected finite numbers at every start"),
    "minimizer": ("        return x * x\n    minimizers = np.array([[5.0], [5.0]])\n", "objective.quartic.bounds"),
    "columns": ("        return x * x\n    minimizers = np.array([0.0, 0.0])\n", "objective.quartic.minimizers"),
    "syntax": ("        return x *\n", "SyntaxError"),
    "dim": ("        return x * x\n    min_dim = 3\n", "objective.quartic.dim: expected an integer >= 3"),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_what_cannot_work_is_refused_before_anything_is_created(lab, tmp_path: Path, case: str) -> None:
    body, says = BAD[case]
    code = QUARTIC.replace("        return x * x * x * x + y * y\n", body)
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", "tracking=none")
    assert ended.status == 2, ended.err
    assert says in ended.err
    assert "Traceback" not in ended.err
    assert {path.name for path in tmp_path.iterdir()} == {"mine"}


SHARING_RULE = (
    HEAD
    + """class Rule(Optimizer):
    step_size: Positive

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        SHARED[0] = SHARED[0] + gradient
        return self.step_size * SHARED[0], state

SHARED = [0.0]
"""
)


def test_what_gives_two_answers_is_refused_by_name_before_anything_is_created(lab, tmp_path: Path) -> None:
    own(tmp_path, "optimizer", "rule", SHARING_RULE, "_target_: rule.py:Rule\n  step_size: 0.1")
    ended = lab("--config-dir", "mine", "optimizer=[gd,rule]", "tracking=none")
    assert ended.status == 2
    assert "optimizer.rule: expected an optimizer that answers the same question the same way each time" in ended.err
    code = QUARTIC.replace("* y\n", "* y + np.random.random()\n")
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    wrapped = "turned: {_target_: rmsprop_lab.wrappers.Rotated, objective: {_target_: quartic.py:Quartic}}\n"
    (tmp_path / "mine/objective/turned.yaml").write_text(wrapped)
    for name in ("quartic", "turned"):
        ended = lab("--config-dir", "mine", f"objective=[bowl,{name}]", "optimizer=gd", "tracking=none")
        assert ended.status == 2, ended.err
        assert f"objective.{name}: expected an objective that answers the same question" in ended.err
        assert "Traceback" not in ended.err
    assert {path.name for path in tmp_path.iterdir()} == {"mine"}


def test_a_file_that_is_not_there_and_a_class_that_is_not_in_it(lab, tmp_path: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartc.py:Quartic")
    assert "There is no Python file" in lab("--config-dir", "mine", "objective=quartic").err
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartik")
    assert "Did you mean 'Quartic'?" in lab("--config-dir", "mine", "objective=quartic").err
