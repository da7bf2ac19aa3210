"""The command as a user meets it: what it composes, prints, refuses and leaves behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from support.catalogue import CONF

from rmsprop_lab import load

OURS = {"outputs"}
QUICK = {"tutorial", "tune"}
EXPERIMENTS = [
    pytest.param(path.stem, marks=() if path.stem in QUICK else pytest.mark.slow)
    for path in sorted((CONF / "experiment").glob("*.yaml"))
]


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_runs(lab, tmp_path: Path, experiment: str) -> None:
    quick = ("n_iter=5", "starts.count=2", "landscape.resolution=8", "search.trials=4")
    ended = lab(f"experiment={experiment}", "tracking=none", *quick)
    assert ended.status == 0, ended.err
    assert "next" in ended.out
    assert f"outputs/{experiment}/" in ended.out
    if experiment == "playground":
        return
    assert list((tmp_path / "outputs" / experiment / "figures").glob("*.png"))
    if "task: landscape" not in (CONF / "experiment" / f"{experiment}.yaml").read_text():
        assert len(load(experiment, tmp_path / "outputs"))


def test_summary_ranks_says_where_and_what_next(lab) -> None:
    ended = lab("objective=[bowl,beale]", "search=grid", "n_iter=20", "tracking=none")
    assert ended.out.startswith("1 repeat cannot tell which optimizer is better; search.repeats=8 can.\n")
    assert re.search(r"objective +optimizer +step_size +rho", ended.out)
    assert "judged from 32 fresh starts, 20 iterations" in " ".join(ended.out.split())
    assert re.search(
        r"(\d+) of \1 runs computed \(108 planned, \d of them are the same as another\): outputs/study/runs", ended.out
    )
    assert "outputs/study/figures: scores.png, comparison.png, and more" in ended.out
    assert max(map(len, ended.out.split("\nedge")[0].splitlines())) <= 80
    again = lab("objective=[bowl,beale]", "search=grid", "n_iter=20", "tracking=none")
    assert re.search(r"nothing to compute, all \d+ runs were on disk", again.out)


def test_a_diverged_run_is_shown_not_dropped(lab) -> None:
    diverging = ("objective=rosenbrock", "optimizer.gd.step_size=10", "tracking=none")
    assert lab(*diverging, "optimizer=gd").status == 0
    two = lab(*diverging, "optimizer=[gd,rmsprop]")
    (row,) = [line for line in two.out.splitlines() if line.split()[:1] == ["gd"]]
    assert row.split()[1:] == ["10", "0.00", "lost", "0", "%", "10"]


def test_the_command_is_remembered(lab, tmp_path: Path) -> None:
    lab("optimizer=gd", "tracking=none", "n_iter=5")
    lab("optimizer=gd", "tracking=none", "n_iter=5")  # adds nothing
    (command,) = (tmp_path / "outputs/study/commands").glob("*.yaml")
    record = yaml.safe_load(command.read_text())
    assert record["command"] == "rmsprop-lab optimizer=gd tracking=none n_iter=5"
    assert record["config"]["n_iter"] == 5
    assert record["versions"]["numpy"]
    assert (tmp_path / "outputs/study/study.log").read_text().count("\n") == 1


def test_cfg_job_and_help_create_nothing(lab, tmp_path: Path) -> None:
    shown = lab("--cfg", "job", "experiment=compare", "optimizer.rmsprop.rho=0.5")
    config = yaml.safe_load(shown.out)
    assert list(config["objective"]) == ["bowl", "ellipsoid", "rosenbrock", "zakharov"]
    assert config["optimizer"]["rmsprop"]["rho"] == 0.5
    helped = lab("--help")
    assert helped.status == 0
    assert "rmsprop-lab experiment=compare" in helped.out
    assert lab("--version").out.startswith("rmsprop-lab ")
    assert not list(tmp_path.iterdir())


def test_an_override_that_drops_an_entry_leaves_no_half_of_it(lab) -> None:
    shown = lab("--cfg", "job", "experiment=compare", "objective=beale", "optimizer=gd")
    config = yaml.safe_load(shown.out)
    assert list(config["objective"]) == ["beale"]
    assert list(config["optimizer"]) == ["gd"]


@pytest.mark.slow
def test_multirun_is_validated_then_run_into_a_study_for_each_job(lab, tmp_path: Path) -> None:
    ended = lab("-m", "n_iter=4,6", "optimizer=gd", "objective=glob(be*)", "tracking=none", "name=many")
    assert ended.status == 0, ended.err
    for n_iter in (4, 6):
        (row,) = load(f"many.n_iter-{n_iter}", tmp_path / "outputs").to_dict("records")
        assert (row["n_iter"], row["objective"]) == (n_iter, "beale")
    assert {path.name for path in tmp_path.iterdir()} == OURS


def test_tab_completion_offers_options() -> None:
    line = "rmsprop-lab optimizer="
    environment = {**os.environ, "COMP_LINE": line, "COMP_POINT": str(len(line))}
    command = [Path(sys.executable).with_name("rmsprop-lab"), "-sc", "query=bash"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == sorted(f"optimizer={path.stem}" for path in (CONF / "optimizer").glob("*.yaml"))


@pytest.mark.slow
def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m rmsprop_lab experiment=tutorial tracking=none | head -1"
    ended = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout.startswith(">0 f(")
    assert "Traceback" not in ended.stderr
