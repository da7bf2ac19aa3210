"""Landscapes: every pixel is the descent it stands for, and each map is one file and one MLflow run."""

from pathlib import Path
from typing import Any

import filelock
import numpy as np
import pytest
from mlflow import MlflowClient
from support.studies import study

from rmsprop_lab import descend
from rmsprop_lab.base import Optimizer
from rmsprop_lab.evaluation import maps as landscapes
from rmsprop_lab.evaluation.maps import basins, hyperparameter_map
from rmsprop_lab.evaluation.measures import log10_gap
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.scales import ticks as _ticks
from rmsprop_lab.tasks import landscape as survey
from rmsprop_lab.tasks.landscape import Survey, run_landscapes
from rmsprop_lab.tracking.tracker import MlflowTracker, StudyTracker
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


SPACES = {"rmsprop": SPACE}


def survey_of(tmp_path: Path, resolution: int, tracker: MlflowTracker | None = None) -> Survey:
    """A map and the basins of one pair."""
    one = study(objectives={"himmelblau": Himmelblau()}, optimizers={"rmsprop": RMSProp(0.1, 0.9)}, spaces=SPACES)
    return run_landscapes(one, resolution, tmp_path, tracker, lambda *step: None)


def test_a_picture_shows_the_resolution_that_was_asked_for_last(tmp_path: Path) -> None:
    def pictures(resolution: int) -> dict[str, bytes]:
        return {name: path.read_bytes() for name, path in survey_of(tmp_path, resolution).pictures.items()}

    coarse, fine = pictures(8), pictures(12)
    assert len(coarse) == 2
    assert all(coarse[name] != fine[name] for name in coarse)
    assert pictures(8) == coarse
    assert pictures(12) == fine


def test_what_is_there_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(*arguments: object) -> None:
        raise AssertionError("computed or drawn again")

    survey_of(tmp_path, 8)
    for name in (
        "plots.maps.map_png",
        "plots.maps.basins_png",
        "tasks.landscape.hyperparameter_map",
        "tasks.landscape.basins",
    ):
        monkeypatch.setattr(f"rmsprop_lab.{name}", unexpected)
    assert survey_of(tmp_path, 8).computed == 0


def test_mlflow_is_asked_under_the_studys_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To ask removes runs that were cut off: without the lock, the one that another process is logging."""
    run_ids, held = StudyTracker.run_ids, []

    def asked(self: StudyTracker) -> Any:
        with pytest.raises(filelock.Timeout):
            filelock.FileLock(tmp_path / "s" / ".lock").acquire(timeout=0)
        held.append(True)
        return run_ids(self)

    monkeypatch.setattr(StudyTracker, "run_ids", asked)
    survey_of(tmp_path, 8, MlflowTracker(None, tmp_path))
    assert held


def test_two_processes_log_a_landscape_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracker, compute = MlflowTracker(None, tmp_path), survey.hyperparameter_map
    others: list[Survey] = []

    def overtaken(cell: Cell, resolution: int) -> Any:
        if not others:
            others.append(Survey(survey.StudyFolder(tmp_path, "s")))  # not again
            others.append(survey_of(tmp_path, resolution, tracker))
        return compute(cell, resolution)

    monkeypatch.setattr(survey, "hyperparameter_map", overtaken)
    mine = survey_of(tmp_path, 8, tracker)
    assert (others[1].logged, mine.logged) == (2, 0)
    client = MlflowClient(default_uri(tmp_path))
    assert len(client.search_runs([str(mine.experiment_id)])) == 2


def test_of_many_that_are_best_the_one_with_the_best_around_it_is_marked() -> None:
    scores = np.full((40, 60), 1.0)
    scores[2, 3] = -16.0  # a speck
    scores[20:31, 30:45] = -16.0
    assert landscapes.deepest(scores) == (25, 35)
    scores[2, 3] = -16.5
    assert landscapes.deepest(scores) == (2, 3)
    assert landscapes.deepest(np.full((4, 4), np.inf)) == (1, 1)


@pytest.mark.parametrize(
    ("low", "high", "scale", "expected"),
    [
        (1e-4, 1.0, "log", [1e-4, 1e-3, 1e-2, 0.1, 1.0]),
        (0.9, 0.999, "log_complement", [0.9, 0.99, 0.999]),
        (0.0, 1.0, "linear", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    ],
)
def test_a_dense_map_is_labelled_with_round_numbers(low: float, high: float, scale: str, expected: list[float]) -> None:
    grid = np.array(Range(low, high, scale).with_points(512).grid())  # type: ignore[arg-type]
    np.testing.assert_allclose(_ticks(grid, scale), expected)
    few = np.array(Range(low, high, scale).with_points(3).grid())  # type: ignore[arg-type]
    np.testing.assert_array_equal(_ticks(few, scale), few)
