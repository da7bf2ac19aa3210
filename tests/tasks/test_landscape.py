"""Each landscape is one file, one picture and one MLflow run."""

import re
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import pytest
from mlflow import MlflowClient
from support.pictures import drawing_of
from support.studies import study

from rmsprop_lab import Starts, Study, descend
from rmsprop_lab.errors import DamageWarning
from rmsprop_lab.evaluation.gaps import gap, log10_gap
from rmsprop_lab.objectives import Himmelblau, MonkeySaddle
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.space import Range
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks import landscape as survey
from rmsprop_lab.tasks.landscape import Survey, run_landscapes
from rmsprop_lab.tracking.study_tracker import StudyTracker
from rmsprop_lab.tracking.tracker import MlflowTracker
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
    for run in runs:
        fresh = run.data.tags["regime"] == "map"
        assert ("final/log10_gap_fresh" in run.data.metrics) == fresh
        assert "from 1 start" in run.data.tags["mlflow.note.content"] or not fresh
    assert re.search(
        r"himmelblau: adam after 20 iterations, from 1 start\n  \w.*:\n.* of 100 fresh starts\n", first.out
    )
    again = lab(*arguments)
    assert "nothing to compute" in again.out
    assert "0 runs added" in again.out


SPACES = {"rmsprop": SPACE}


def one_pair(**changes: Any) -> Study:
    """RMSProp on Himmelblau's function: a map and basins."""
    given = {"objectives": {"himmelblau": Himmelblau()}, "optimizers": {"rmsprop": RMSProp(0.1, 0.9)}, **changes}
    return study(spaces=SPACES, **given)


def survey_of(tmp_path: Path, resolution: int, tracker: MlflowTracker | None = None, **changes: Any) -> Survey:
    """The landscapes of one pair."""
    return run_landscapes(one_pair(**changes), resolution, StudyFolder(tmp_path, "s"), tracker, lambda *step: None)


@pytest.mark.parametrize("how", ["cut", "flipped", "emptied", "junk"])
def test_a_damaged_file_of_arrays_is_set_aside_and_computed_again(tmp_path: Path, how: str) -> None:
    survey_of(tmp_path, resolution=8)
    (folder,) = tmp_path.glob("s/landscapes")
    path = sorted(folder.glob("*.npz"))[0]
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    path.write_bytes({"cut": whole[:50], "flipped": bytes(flipped), "emptied": b"", "junk": b"\xff\x00" * 99}[how])
    with pytest.warns(DamageWarning, match="set aside"):
        survey_of(tmp_path, resolution=8)
    assert path.read_bytes() == whole
    assert (tmp_path / "s/damaged/landscapes" / path.name).exists()


@pytest.mark.parametrize("junk", [b"\xff\xfe\x00", b"", b"[]", b"null", b'{"shows": 1}', b"[" * 100_000])
def test_a_stamp_that_is_junk_is_written_again(tmp_path: Path, junk: bytes) -> None:
    survey_of(tmp_path, resolution=8)
    stamp = sorted(tmp_path.glob("s/figures/.*.shows"))[0]
    whole = stamp.read_bytes()
    stamp.write_bytes(junk)
    with pytest.warns(DamageWarning, match=rf"{stamp.name} was changed or damaged"):
        survey_of(tmp_path, resolution=8)
    assert stamp.read_bytes() == whole


def kept_map(tmp_path: Path) -> dict[str, Any]:
    """The arrays of the only map on the disk."""
    found = [dict(np.load(path)) for path in (tmp_path / "s" / "landscapes").glob("*.npz")]
    (arrays,) = (arrays for arrays in found if "reached" not in arrays)
    return arrays


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "fresh"),
    [
        ({"evaluation": Starts("fresh", count=7, seed=3)}, Starts("fresh", count=7, seed=3)),
        ({"starts": Starts(count=2, seed=5)}, Starts("fresh", count=100, seed=5)),
    ],
    ids=["those of the evaluation", "a hundred"],
)
def test_the_best_point_is_run_from_fresh_starts(tmp_path: Path, changes: dict[str, Any], fresh: Starts) -> None:
    tracker = MlflowTracker(None, tmp_path)
    found = survey_of(tmp_path, 8, tracker, **changes)
    client = MlflowClient(default_uri(tmp_path))
    (run,) = client.search_runs([str(found.experiment_id)], "tags.regime = 'map'")
    rule = RMSProp(*(float(run.data.params[name]) for name in ("step_size", "rho")))
    ends = descend(Himmelblau(), rule, fresh.at(Himmelblau()), 15, record="final").values[0]
    expected = log10_gap(gap(ends, Himmelblau()))
    assert kept_map(tmp_path)["log10_gap_fresh"].tolist() == expected.tolist()
    median = np.sort(expected)[(fresh.count - 1) // 2]
    assert run.data.metrics["final/log10_gap_fresh"] == median
    assert run.data.metrics["final/log10_gap"] == kept_map(tmp_path)["log10_gap"].min()
    assert f"{median:.1f} as the median of {fresh.count} fresh starts" in found.titles["himmelblau_rmsprop_dense_map"]


def test_other_fresh_starts_are_another_map(tmp_path: Path) -> None:
    assert survey_of(tmp_path, 8).computed == 2
    assert survey_of(tmp_path, 8, evaluation=Starts("fresh", count=5)).computed > 0
    assert survey_of(tmp_path, 8).computed == 0


def test_where_no_minimum_is_known_nothing_is_called_a_gap(tmp_path: Path) -> None:
    tracker = MlflowTracker(None, tmp_path)
    found = survey_of(tmp_path, 8, tracker, objectives={"monkey_saddle": MonkeySaddle()})
    assert "gap" not in "".join(found.titles.values())
    assert list(kept_map(tmp_path)) == ["x", "y", "value", "value_fresh"]
    client = MlflowClient(default_uri(tmp_path))
    experiment = client.get_experiment(str(found.experiment_id))
    (run,) = client.search_runs([experiment.experiment_id])
    assert {"final/value", "final/value_fresh", "final/diverged_share"} == set(run.data.metrics)
    assert "gap" not in str(run.to_dictionary())
    assert "final/value_fresh" in str(experiment.tags)
    assert "gap" not in str(experiment.tags)


def test_no_text_of_a_map_of_values_calls_them_gaps(tmp_path: Path) -> None:
    name = "monkey_saddle_rmsprop_dense_map"
    texts = drawing_of(
        lambda: survey_of(tmp_path, 8, objectives={"monkey_saddle": MonkeySaddle()}).pictures[name].read_bytes()
    ).texts
    assert any("value" in text for text in texts)
    assert not any("gap" in text for text in texts)


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
        "evaluation.endings.descend",
    ):
        monkeypatch.setattr(f"rmsprop_lab.{name}", unexpected)
    assert survey_of(tmp_path, 8).computed == 0


def test_mlflow_is_asked_under_the_lock_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To ask removes runs that were cut off: without the lock, the one that another process is logging."""
    run_ids, held = StudyTracker.run_ids, []

    def asked(self: StudyTracker, *given: Any) -> Any:
        with pytest.raises(filelock.Timeout):
            filelock.FileLock(tmp_path / "s" / ".tracking.lock").acquire(timeout=0)
        held.append(True)
        return run_ids(self, *given)

    monkeypatch.setattr(StudyTracker, "run_ids", asked)
    survey_of(tmp_path, 8, MlflowTracker(None, tmp_path))
    assert held


def test_two_processes_log_a_landscape_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracker, compute = MlflowTracker(None, tmp_path), survey.hyperparameter_map
    others: list[Survey] = []

    def overtaken(cell: Cell, resolution: int, fresh: Problem) -> Any:
        if not others:
            others.append(Survey(StudyFolder(tmp_path, "s")))  # not again
            others.append(survey_of(tmp_path, resolution, tracker))
        return compute(cell, resolution, fresh)

    monkeypatch.setattr(survey, "hyperparameter_map", overtaken)
    mine = survey_of(tmp_path, 8, tracker)
    assert (others[1].logged, mine.logged) == (2, 0)
    client = MlflowClient(default_uri(tmp_path))
    assert len(client.search_runs([str(mine.experiment_id)])) == 2
