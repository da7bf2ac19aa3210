"""Objectives and optimizers of the user's own: a file beside a YAML, without an edit of ours."""

from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from rmsprop_lab import descend, load, load_traces
from rmsprop_lab.base import Array, Bounds, Objective
from rmsprop_lab.objectives import Bowl, Ellipsoid
from rmsprop_lab.optimizers import GD
from rmsprop_lab.tracking.uri import default_uri
from rmsprop_lab.wrappers import Noisy

HEAD = """
from dataclasses import dataclass
import numpy as np
from rmsprop_lab.base import Array, Bounds, Objective, Optimizer, Positive, State

@dataclass(frozen=True, eq=False)
"""
QUARTIC = (
    HEAD
    + """class Quartic(Objective):
    dim: int = 2
    bounds: Bounds = (-2.0, 2.0)
    minimum = 0.0
    minimizers = np.zeros((2, 1))

    def value(self, point: Array) -> Array:
        x, y = point
        return x * x * x * x + y * y
"""
)


def own(folder: Path, group: str, name: str, code: str, entry: str) -> None:
    home = folder / "mine" / group
    home.mkdir(parents=True, exist_ok=True)
    (home / f"{name}.py").write_text(code)
    (home / f"{name}.yaml").write_text(f"{name}:\n  {entry}\n")


def test_a_function_without_gradient_is_a_file_and_a_yaml(lab, tmp_path: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", "n_iter=30")
    assert ended.status == 0, ended.err
    assert "quartic defines none; central differences take 4 values per gradient" in ended.out
    runs = load("study", tmp_path / "outputs")
    assert runs["evaluations"].tolist() == [120]
    client = MlflowClient(default_uri(tmp_path / "outputs"))
    (run,) = client.search_runs([client.get_experiment_by_name("study").experiment_id])
    assert run.data.params["gradient"] == "central differences"
    assert lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", "task=check").status == 0


def test_the_code_and_not_its_place_is_part_of_the_run_key(lab, tmp_path: Path) -> None:
    arguments = ("objective=quartic", "optimizer=gd", "n_iter=3", "tracking=none")
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    lab("--config-dir", "mine", *arguments)
    own(tmp_path / "moved", "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    assert "nothing to compute" in lab("--config-dir", "moved/mine", *arguments).out
    own(tmp_path / "edited", "objective", "quartic", QUARTIC + "# edited\n", "_target_: quartic.py:Quartic")
    assert "1 of 1 runs computed" in lab("--config-dir", "edited/mine", *arguments).out


def test_a_rule_is_a_file_and_a_yaml(lab, tmp_path: Path) -> None:
    code = (
        HEAD
        + """class Sign(Optimizer):
    step_size: Positive

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * np.sign(gradient), state
"""
    )
    own(tmp_path, "optimizer", "sign", code, "_target_: sign.py:Sign\n  step_size: 0.1")
    assert lab("--config-dir", "mine", "optimizer=[sign,gd]", "tracking=none", "n_iter=5").status == 0
    refused = lab("--config-dir", "mine", "optimizer=sign", "optimizer.sign.step_size=0")
    assert refused.status == 2
    assert "optimizer.sign.step_size" in refused.err


def test_what_user_code_raises_is_recorded_and_the_study_goes_on(lab, tmp_path: Path) -> None:
    code = QUARTIC.replace(
        "        return x * x",
        "        if (np.abs(point) > 3).any():\n            raise ValueError('too far')\n        return x * x",
    )
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    steps = "optimizer.gd.space.step_size.values=[0.01,0.02,9.0]"
    arguments = ("--config-dir", "mine", "objective=[quartic,bowl]", "optimizer=gd", "search=grid", steps, "n_iter=5")
    arguments = (*arguments, "evaluation.count=0")
    for attempt in range(2):
        ended = lab(*arguments)
        assert ended.status == 1
        assert "1 of 6 runs failed; the first, gd on quartic, step_size 9: ValueError: too far" in ended.err
        assert ("nothing to compute" in ended.out) == (attempt == 1)
    runs = load("study", tmp_path / "outputs")
    assert runs["outcome"].value_counts().to_dict() == {"ok": 5, "failed": 1}
    assert runs.loc[runs["outcome"] == "failed", "message"].tolist() == ["ValueError: too far"]
    assert load_traces("study", output_dir=tmp_path / "outputs")["run_key"].nunique() == 5
    client = MlflowClient(default_uri(tmp_path / "outputs"))
    logged = client.search_runs([client.get_experiment_by_name("study").experiment_id])
    assert len(logged) == 6
    (failed,) = [run for run in logged if run.data.tags["outcome"] == "failed"]
    assert failed.data.tags["mlflow.note.content"].endswith("Failed: ValueError: too far")


def test_a_function_that_raises_on_the_mesh_still_gets_its_pictures(lab, tmp_path: Path) -> None:
    code = QUARTIC.replace(
        "        return x * x",
        "        if (np.abs(point) > 1.5).any():\n            raise RuntimeError('too far')\n        return x * x",
    )
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    inside = ("starts=fixed", "starts.points=[[0.5,0.5]]", "tracking=none", "n_iter=5")
    ended = lab("--config-dir", "mine", "objective=[quartic,bowl]", "optimizer=gd", *inside)
    assert ended.status == 0, ended.err
    assert (tmp_path / "outputs/study/figures/quartic_surface.png").exists()
    lost = lab("--config-dir", "mine", "objective=[quartic,bowl]", "optimizer=gd", "tracking=none", "name=lost")
    assert lost.status == 1
    assert "1 of 2 runs failed" in lost.err
    assert (tmp_path / "outputs/lost/figures/bowl_surface.png").exists()


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


def test_a_minimum_that_a_run_came_below_is_told(lab, tmp_path: Path) -> None:
    code = QUARTIC.replace("minimum = 0.0", "minimum = 1.0")
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", "tracking=none")
    assert "quartic states 1, but a run ended at" in ended.out


WRONG_YAML = {
    "other key": ("other: {}", "the one key `quartic:` in objective/quartic.yaml, found other"),
    "no key": ("_target_: quartic.py:Quartic", "found _target_"),
    "empty": ("", "found None"),
    "broken": ("quartic: {_target_: [quartic.py:Quartic}", "expected YAML files, found objective/quartic.yaml"),
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


def test_a_file_that_is_not_there_and_a_class_that_is_not_in_it(lab, tmp_path: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartc.py:Quartic")
    assert "There is no Python file" in lab("--config-dir", "mine", "objective=quartic").err
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartik")
    assert "Did you mean 'Quartic'?" in lab("--config-dir", "mine", "objective=quartic").err


def test_wrappers_are_a_few_lines_of_yaml(lab, tmp_path: Path) -> None:
    (tmp_path / "mine/objective").mkdir(parents=True)
    (tmp_path / "mine/objective/turned.yaml").write_text(
        "turned:\n"
        "  _target_: rmsprop_lab.wrappers.Rotated\n"
        "  seed: 3\n"
        "  objective: {_target_: rmsprop_lab.objectives.rastrigin.Rastrigin, dim: 10}\n"
    )
    ended = lab("--config-dir", "mine", "objective=turned", "optimizer=gd", "tracking=none", "n_iter=5")
    assert ended.status == 0, ended.err
    assert load("study", tmp_path / "outputs")["dim"].tolist() == [10]
    shown = lab("--config-dir", "mine", "objective=turned", "objective.turned.objective.dim=0", "tracking=none")
    assert shown.status == 2
    assert "objective.turned.objective.dim: expected" in shown.err


class Plain(Objective):
    def value(self, point: Array) -> Array:
        return np.cos(point[0]) * point[1] * point[1]


def test_central_differences_are_close_and_the_same_in_any_batch() -> None:
    bounds: Bounds = (-3.0, 3.0)
    objective = Plain(dim=2, bounds=bounds)
    points = np.random.default_rng(0).uniform(-3, 3, (2, 50))
    exact = np.stack([-np.sin(points[0]) * points[1] * points[1], 2 * np.cos(points[0]) * points[1]])
    np.testing.assert_allclose(np.asarray(objective.gradient(points)), exact, atol=1e-8)
    together = descend(objective, GD(0.01), points, 20)
    alone = descend(objective, GD(0.01), points[:, 7], 20)
    assert np.array_equal(together.points[..., 7], alone.points[..., 0])


def test_noise_is_a_starts_own_and_leaves_what_is_scored_clean() -> None:
    objective = Noisy(Bowl(dim=3), sigma=0.5, seed=4)
    starts = np.random.default_rng(1).uniform(-1, 1, (3, 6))
    together = descend(objective, GD(0.1), starts, 40)
    alone = descend(objective, GD(0.1), starts[:, 4], 40, streams=[4])
    assert np.array_equal(together.points[..., 4], alone.points[..., 0])
    assert np.array_equal(together.values, Bowl(dim=3).value(together.points.swapaxes(0, 1)))
    first = 0.8 * starts - together.points[1]  # x1 = x0 - 0.1 (2 x0 + noise)
    expected = [np.random.default_rng(np.random.SeedSequence(4, spawn_key=(j,))).standard_normal(3) for j in range(6)]
    np.testing.assert_allclose(first / 0.1, 0.5 * np.array(expected).T, rtol=1e-9, atol=1e-12)
    assert together.values[-1].min() > 1e-4  # noise keeps it from the minimum
    final = descend(objective, GD(0.1), starts, 40, record="final")
    assert np.array_equal(final.points[0], together.points[-1])


def test_two_runs_from_one_start_meet_the_same_noise() -> None:
    objective = Noisy(Ellipsoid(), sigma=1.0)
    runs = descend(objective, GD(np.array([1e-4, 1e-4])), [1.0, 1.0], 10, streams=[3, 3])
    assert np.array_equal(runs.points[..., 0], runs.points[..., 1])
    other = descend(objective, GD(np.array([1e-4, 1e-4])), [1.0, 1.0], 10)
    assert not np.array_equal(other.points[..., 0], other.points[..., 1])
