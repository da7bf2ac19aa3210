"""Each landscape is one file, one picture and one MLflow run."""

from pathlib import Path
from typing import Any

import filelock
import pytest
from mlflow import MlflowClient
from support.studies import study

from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.space import Range
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks import landscape as survey
from rmsprop_lab.tasks.landscape import Survey, run_landscapes
from rmsprop_lab.tracking.tracker import MlflowTracker, StudyTracker
from rmsprop_lab.tracking.uri import default_uri

SPACE = {"step_size": Range(1e-3, 1.0, "log", 9), "rho": Range(0.5, 0.999, "log_complement", 3)}


@pytest.mark.usefixtures("outputs")
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
    return run_landscapes(one, resolution, StudyFolder(tmp_path, "s"), tracker, lambda *step: None)


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


def test_mlflow_is_asked_under_the_lock_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To ask removes runs that were cut off: without the lock, the one that another process is logging."""
    run_ids, held = StudyTracker.run_ids, []

    def asked(self: StudyTracker) -> Any:
        with pytest.raises(filelock.Timeout):
            filelock.FileLock(tmp_path / "s" / ".tracking.lock").acquire(timeout=0)
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
            others.append(Survey(StudyFolder(tmp_path, "s")))  # not again
            others.append(survey_of(tmp_path, resolution, tracker))
        return compute(cell, resolution)

    monkeypatch.setattr(survey, "hyperparameter_map", overtaken)
    mine = survey_of(tmp_path, 8, tracker)
    assert (others[1].logged, mine.logged) == (2, 0)
    client = MlflowClient(default_uri(tmp_path))
    assert len(client.search_runs([str(mine.experiment_id)])) == 2
