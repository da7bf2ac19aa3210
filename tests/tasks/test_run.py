"""A study grows: again is nothing, wider is only the new, killed and resumed is the same."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.studies import assert_same, study, tables

from rmsprop_lab import load, run_study
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.storage.folder import StudyFolder


def test_again_computes_nothing(tmp_path: Path) -> None:
    first = run_study(study(), output_dir=tmp_path, tracking="none")
    assert (first.computed, first.added) == (8, True)
    before = tables(tmp_path)
    drawn = {path: path.stat().st_mtime_ns for path in (tmp_path / "s" / "figures").iterdir()}
    again = run_study(study(), output_dir=tmp_path, tracking="none")
    assert (again.computed, again.added) == (0, False)
    assert_same(tables(tmp_path), before)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "s" / "figures").iterdir()} == drawn
    pd.testing.assert_frame_equal(first.best, again.best)


def test_a_wider_grid_computes_only_the_new_points(tmp_path: Path) -> None:
    run_study(study((0.01, 0.1)), output_dir=tmp_path, tracking="none")
    wider = run_study(study((0.01, 0.1, 0.2)), output_dir=tmp_path, tracking="none")
    assert wider.computed == 4
    assert len(load("s", tmp_path)) == 12


def test_a_default_that_is_a_grid_point_is_the_same_run(tmp_path: Path) -> None:
    run_study(study((0.05, 0.1)), output_dir=tmp_path, tracking="none")
    default = run_study(study(method="none"), output_dir=tmp_path, tracking="none")
    assert (default.computed, default.added) == (0, True)
    trials = StudyFolder(tmp_path, "s").trials()
    assert trials["regime"].value_counts().to_dict() == {"grid": 8, "default": 4}


def test_the_summary_covers_the_commands_own_plan(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path, tracking="none")
    one = run_study(
        study(objectives={"bowl": Bowl()}, optimizers={"gd": GD(0.05)}), output_dir=tmp_path, tracking="none"
    )
    assert one.best[["objective", "optimizer"]].to_numpy().tolist() == [["bowl", "gd"]]


def test_results_do_not_depend_on_order_or_company(tmp_path: Path) -> None:
    whole = study()
    run_study(whole, output_dir=tmp_path / "whole", tracking="none")
    for name, objective in reversed(whole.objectives.items()):
        part = study(objectives={name: objective})
        run_study(part, output_dir=tmp_path / "parts", tracking="none")
    assert_same(tables(tmp_path / "parts"), tables(tmp_path / "whole"))


def test_the_best_runs_are_the_lowest_scores(tmp_path: Path) -> None:
    summary = run_study(study((1e-4, 0.1, 1e3)), output_dir=tmp_path, tracking="none")
    trials = StudyFolder(tmp_path, "s").trials()
    for row in summary.best.to_dict("records"):
        mine = trials[(trials["objective"] == row["objective"]) & (trials["optimizer"] == row["optimizer"])]
        assert row["score"] == mine["score"].min()
        assert row["trials"] == 3
        assert row["trials_diverged"] == np.isinf(mine["score"]).sum()
    assert summary.best["trials_diverged"].sum() > 0
    assert sorted(summary.best[summary.best["objective"] == "bowl"]["rank"]) == [1, 2]


def test_an_unknown_tracking_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="tracking"):
        run_study(study(), output_dir=tmp_path, tracking="mlfow")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


COMMAND = [
    *(sys.executable, "-m", "rmsprop_lab", "name=s", "tracking=none", "n_iter=1500", "evaluation.count=4"),
    *("objective=[bowl,rosenbrock,beale]", "starts.count=2", "search.trials=20"),
]


@pytest.fixture(scope="module", params=["grid", "tpe"])
def uninterrupted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """A command, and a folder in which it ran to its end."""
    folder, command = tmp_path_factory.mktemp("whole"), [*COMMAND, f"search={request.param}"]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return command, folder / "outputs"


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_and_resumed_equals_uninterrupted(
    tmp_path: Path, signal_number: int, uninterrupted: tuple[list[str], Path]
) -> None:
    command, whole = uninterrupted
    count = len(load("s", whole))
    parts = tmp_path / "outputs/s/runs.parquet"
    child = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not (parts.is_dir() and len(list(parts.glob("part-*"))) >= 5):
        assert child.poll() is None, child.communicate()
        time.sleep(0.005)
    os.kill(child.pid, signal_number)
    _, err = child.communicate()
    expected = {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 143, signal.SIGINT: 130}[signal.Signals(signal_number)]
    assert child.returncode == expected, err
    assert b"Traceback" not in err
    saved = len(load("s", tmp_path / "outputs"))
    assert 0 < saved < count
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"{count - saved} of {count} runs computed" in done.stdout
    assert_same(tables(tmp_path / "outputs"), tables(whole))
