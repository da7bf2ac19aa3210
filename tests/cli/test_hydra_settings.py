"""Hydra settings that would run code, or write elsewhere, are refused wherever they come from."""

import os
from pathlib import Path

import pytest

NODES = {
    "env_set": "job: {env_set: {RMSPROP_LAB_TEST: set}}",
    "chdir": "job: {chdir: true}",
    "callbacks": "callbacks: {x: {_target_: os.abort}}",
    "run.dir": "run: {dir: elsewhere}",
    "output_subdir": "output_subdir: .hydra",
    "sweeper": "sweeper: {max_batch_size: 3}",
    "launcher": "launcher: {_target_: os.abort}",
}


@pytest.mark.parametrize("node", NODES.values(), ids=NODES)
def test_a_file_that_sets_hydra_is_refused(lab, tmp_path: Path, node: str) -> None:
    path = tmp_path / "mine/experiment/bad.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(f"# @package _global_\nhydra:\n  {node}\n")
    before = {*tmp_path.rglob("*")}
    ended = lab("--config-dir", "mine", "experiment=bad")
    assert ended.status == 2
    assert "hydra" in ended.err
    assert "Traceback" not in ended.err
    assert {*tmp_path.rglob("*")} == before
    assert "RMSPROP_LAB_TEST" not in os.environ


@pytest.mark.parametrize(
    "override", ["hydra.job.env_set.X=y", "+hydra.job.env_set.X=y", "hydra.run.dir=x", "++hydra.callbacks.x._target_=y"]
)
def test_an_override_that_sets_hydra_is_refused(lab, override: str) -> None:
    ended = lab(override)
    assert ended.status == 2
    assert "no Hydra setting but hydra/launcher" in ended.err


@pytest.mark.parametrize("option", ["{x: {_target_: os.abort}}", "{y: [1, {_target_: os.abort}]}"])
def test_no_option_of_a_launcher_names_a_class(lab, tmp_path: Path, option: str) -> None:
    pytest.importorskip("submitit")
    path = tmp_path / "mine/experiment/bad.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "# @package _global_\ndefaults: [override /hydra/launcher: submitit_slurm]\n"
        f"hydra: {{launcher: {{additional_parameters: {option}}}}}\n"
    )
    ended = lab("--config-dir", "mine", "-m", "experiment=bad", "n_iter=2,3")
    assert ended.status == 2
    assert ended.err.startswith("rmsprop-lab: hydra.launcher.additional_parameters")
    assert "plain options, found a _target_" in ended.err
