"""Names in configs: what a person typed is what they get, or it is refused before anything is created."""

from pathlib import Path

import pytest
from support.own import HEAD, own

SMALL = ("objective=bowl", "optimizer=gd", "n_iter=5", "tracking=none", "figures=false")
BOWL = "_target_: rmsprop_lab.objectives.bowl.Bowl"


@pytest.mark.parametrize("name", ["2024", "1e5", "010", "true", "nan"])
def test_a_name_that_looks_like_a_number(lab, tmp_path: Path, name: str) -> None:
    assert lab(*SMALL, f"name={name}").status == 0
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == [name]


def test_names_of_a_multirun(lab, tmp_path: Path) -> None:
    assert lab("-m", *SMALL, "name=010,1e5").status == 0
    assert {"010", "1e5"} <= {path.name for path in (tmp_path / "outputs").iterdir()}


@pytest.mark.parametrize("group", ["objective", "optimizer"])
@pytest.mark.parametrize("name", ["'../../../../evil'", "/tmp/evil", "'$\\frac{$'", "x" * 300, "2024", "on", "'a b'"])
def test_a_key_that_is_no_name(lab, tmp_path: Path, group: str, name: str) -> None:
    (tmp_path / "mine/experiment").mkdir(parents=True)
    text = f"# @package _global_\n{group}:\n  {name}: {{{BOWL}}}\n"
    (tmp_path / "mine/experiment/evil.yaml").write_text(text, encoding="utf-8")
    ended = lab("--config-dir", "mine", "experiment=evil", *SMALL[2:])
    assert ended.status == 2
    assert ended.err.startswith(f"rmsprop-lab: {group}: expected up to 100 letters")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("task", ["run", "check"])
@pytest.mark.parametrize("name", ["score", "trial", "starts", "dim"])
def test_a_hyperparameter_with_a_name_of_ours(lab, tmp_path: Path, name: str, task: str) -> None:
    code = f"{HEAD}class Mine(Optimizer):\n    step_size: Positive\n    {name}: Positive = 1.0\n\n"
    code += "    def update(self, gradient, state):\n        return self.step_size * gradient, state\n"
    own(tmp_path, "optimizer", "mine", code, "_target_: mine.py:Mine\n  step_size: 0.1")
    ended = lab("--config-dir", "mine", "optimizer=mine", "objective=bowl", f"task={task}", *SMALL[3:])
    assert ended.status == 2
    assert f"optimizer.mine.{name}: expected a hyperparameter named unlike our columns" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("field", ["on", "yes"])
def test_a_field_that_yaml_reads_as_true(lab, tmp_path: Path, field: str) -> None:
    own(tmp_path, "optimizer", "mine", "", f"_target_: rmsprop_lab.optimizers.gd.GD\n  {field}: 0.1")
    ended = lab("--config-dir", "mine", "optimizer=mine", "objective=bowl")
    assert ended.status == 2
    assert "optimizer.mine: expected keys that are text, found True. YAML reads some words (on, " in ended.err


def test_two_pictures_with_one_file_name(lab, tmp_path: Path) -> None:
    own(tmp_path, "optimizer", "surface", "", "_target_: rmsprop_lab.optimizers.gd.GD\n  step_size: 0.1")
    ended = lab("--config-dir", "mine", "optimizer=surface", "objective=bowl")
    assert ended.status == 2
    assert "found two pictures bowl_surface.png" in ended.err


def test_a_home_is_expanded_by_all(lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert lab(*SMALL, "output_dir='~/x'").status == 0
    assert lab("-m", *SMALL, "output_dir='~/x'", "starts.seed=6,7").status == 0
    assert (tmp_path / "home/x/study/runs.parquet").is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
