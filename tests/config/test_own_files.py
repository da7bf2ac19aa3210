"""Objectives and optimizers of the user's own: a file beside a YAML, without an edit of ours."""

from pathlib import Path

import pytest
from mlflow import MlflowClient
from support.own import HEAD, QUARTIC, own

from rmsprop_lab import load, load_traces
from rmsprop_lab.tracking.page import OWN_RUNS
from rmsprop_lab.tracking.uri import default_uri


@pytest.mark.usefixtures("outputs")
def test_a_function_without_gradient_is_a_file_and_a_yaml(lab, tmp_path: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", "n_iter=30")
    assert ended.status == 0, ended.err
    assert "quartic defines none; central differences take 4 values per gradient" in ended.out
    runs = load("study", tmp_path / "outputs")
    assert runs["evaluations"].tolist() == [120]
    client = MlflowClient(default_uri(tmp_path / "outputs"))
    (run,) = client.search_runs([client.get_experiment_by_name("study").experiment_id], OWN_RUNS)
    assert run.data.params["gradient"] == "central differences"
    assert lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", "task=check").status == 0


@pytest.mark.slow
def test_the_code_and_not_its_place_is_part_of_the_run_key(lab, tmp_path: Path) -> None:
    arguments = ("objective=quartic", "optimizer=gd", "n_iter=3", "tracking=none")
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    lab("--config-dir", "mine", *arguments)
    own(tmp_path / "moved", "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    assert "nothing to compute" in lab("--config-dir", "moved/mine", *arguments).out
    own(tmp_path / "edited", "objective", "quartic", QUARTIC + "# edited\n", "_target_: quartic.py:Quartic")
    assert "nothing to compute" in lab("--config-dir", "edited/mine", *arguments).out
    steeper = QUARTIC.replace("+ y * y", "+ 2.0 * y * y")
    own(tmp_path / "changed", "objective", "quartic", steeper, "_target_: quartic.py:Quartic")
    assert "1 of 1 run computed" in lab("--config-dir", "changed/mine", *arguments).out


def test_data_that_the_code_reads_is_part_of_the_run_key(lab, tmp_path: Path) -> None:
    code = QUARTIC.replace("+ y * y", "+ np.loadtxt('data.txt') * y * y")
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    for text, says in (("2", "1 of 1 run computed"), ("2.0", "nothing to compute"), ("2.01", "1 of 1 run computed")):
        (tmp_path / "data.txt").write_text(text)
        ended = lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", "n_iter=3", "tracking=none")
        assert says in ended.out, ended.err


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


@pytest.mark.slow
@pytest.mark.usefixtures("outputs")
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
    logged = client.search_runs([client.get_experiment_by_name("study").experiment_id], OWN_RUNS)
    assert len(logged) == 6
    (failed,) = [run for run in logged if run.data.tags["outcome"] == "failed"]
    assert "Failed: ValueError: too far\n\nAgain: `rmsprop-lab" in failed.data.tags["mlflow.note.content"]


@pytest.mark.slow
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


def test_a_minimum_that_a_run_came_below_is_told(lab, tmp_path: Path) -> None:
    code = QUARTIC.replace("minimum = 0.0", "minimum = 1.0")
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", "tracking=none")
    assert "quartic states 1, but a run ended at" in ended.out


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


def test_a_folder_of_ones_own(lab, tmp_path: Path) -> None:
    (tmp_path / "mine/objective").mkdir(parents=True)
    (tmp_path / "mine/objective/wide.yaml").write_text(
        "wide: {_target_: rmsprop_lab.objectives.bowl.Bowl, bounds: [-9, 9]}\n"
    )
    arguments = ("objective=[wide,bowl]", "optimizer=gd", "tracking=none")
    assert lab("--config-dir", "mine", *arguments).status == 0
    assert set(load("study", tmp_path / "outputs")["objective"]) == {"wide", "bowl"}
    (tmp_path / "mine/objective/bowl.yaml").write_text("bowl: {}\n")
    refused = lab("--config-dir", "mine", *arguments)
    assert refused.status == 2
    assert "objective/bowl.yaml" in refused.err
