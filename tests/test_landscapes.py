"""Landscapes: every pixel is the descent it stands for, and each map is one file and one MLflow run."""

from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from rmsprop_lab import descend, landscapes
from rmsprop_lab.base import Optimizer
from rmsprop_lab.cell import Cell, Search
from rmsprop_lab.landscapes import basins, hyperparameter_map
from rmsprop_lab.measures import log10_gap
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.problem import Problem
from rmsprop_lab.space import Range
from rmsprop_lab.starts import Starts
from rmsprop_lab.tracking.uri import default_uri

SPACE = {"step_size": Range(1e-3, 1.0, "log", 9), "rho": Range(0.5, 0.999, "log_complement", 3)}
PROBLEM = Problem("himmelblau", Himmelblau(), Starts(count=3), 40)


@pytest.mark.parametrize("block", [1, 64, 2**19])
def test_a_pixel_of_a_map_is_the_median_of_its_descents(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landscapes, "_BLOCK", block)
    found = hyperparameter_map(Cell(PROBLEM, "rmsprop", RMSProp(0.1, 0.9), SPACE, Search("grid")), 12)
    assert found.log10_gap.shape == (12, 12)
    for row, column in ((0, 0), (3, 7), (11, 11)):
        rule = RMSProp(found.x[column], found.y[row])
        ends = descend(Himmelblau(), rule, PROBLEM.points, 40, record="final")
        assert found.log10_gap[row, column] == log10_gap(np.median(ends.values[0]))
    best = RMSProp(found.best["step_size"], found.best["rho"])
    lowest = descend(Himmelblau(), best, PROBLEM.points, 40, record="final").values[0]
    assert log10_gap(np.median(lowest)) == found.log10_gap.min()


def test_divergence_is_infinite_and_counted() -> None:
    big = {"step_size": Range(1.0, 1e200, "log", 9), "rho": SPACE["rho"]}
    found = hyperparameter_map(Cell(PROBLEM, "rmsprop", RMSProp(0.1, 0.9), big, Search("grid")), 9)
    assert 0 < found.lost < 1
    assert not np.isnan(found.log10_gap).any()


def cell(problem: Problem, optimizer: Optimizer) -> Cell:
    return Cell(problem, "mine", optimizer, {}, Search())


def test_basins_name_the_minimizer_each_start_reaches() -> None:
    problem = Problem("himmelblau", Himmelblau(), Starts(count=1), 300)
    found = basins(cell(problem, GD(0.01)), 21)
    minimizers = np.asarray(Himmelblau().minimizers).T
    assert set(np.unique(found.reached)) == {0, 1, 2, 3}
    for row, column in np.ndindex(21, 21):
        end = descend(Himmelblau(), GD(0.01), [found.x[column], found.y[row]], 300, record="final").points[0, :, 0]
        nearest = np.argmin([np.hypot(*(end - minimizer)) for minimizer in minimizers])
        assert found.reached[row, column] == nearest
    assert (basins(cell(problem, GD(5.0)), 5).reached == -2).all()
    assert (basins(cell(problem, GD(1e-9)), 5).reached == -1).all()


def test_each_map_is_one_file_one_picture_and_one_run(lab, tmp_path: Path) -> None:
    arguments = ("experiment=landscape", "objective=himmelblau", "landscape.resolution=16", "n_iter=20")
    first = lab(*arguments)
    assert first.status == 0, first.err
    assert "4 of 4 computed" in first.out
    assert "4 runs added" in first.out
    folder = tmp_path / "outputs/landscape"
    assert len(list((folder / "landscapes").glob("*.npz"))) == 4
    assert len(list((folder / "figures").glob("*.png"))) == 4
    client = MlflowClient(default_uri(tmp_path / "outputs"))
    runs = client.search_runs([client.get_experiment_by_name("landscape").experiment_id])
    assert sorted(run.data.tags["regime"] for run in runs) == ["basins", "basins", "map", "map"]
    for run in runs:
        assert "final/diverged_share" in run.data.metrics
        names = {file.path for file in client.list_artifacts(run.info.run_id)}
        assert {"contour.png", f"{run.data.tags['regime']}.npz"} <= names
    again = lab(*arguments)
    assert "nothing to compute" in again.out
    assert "0 runs added" in again.out
