"""A study is found in MLflow from its first run on, also if it is interrupted."""

import json
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from support.studies import study

from rmsprop_lab import StudyInterrupted, run_study
from rmsprop_lab.objectives import Bowl, Rosenbrock
from rmsprop_lab.report.notes import BEGUN
from rmsprop_lab.tracking.card import card_of
from rmsprop_lab.tracking.listing import VIEW_TAG, study_ids
from rmsprop_lab.tracking.page import OWN_RUNS
from rmsprop_lab.tracking.uri import default_uri


def stop_at_once(done: int, total: int, doing: str) -> None:
    raise KeyboardInterrupt


def shown(folder: Path) -> dict[str, str]:
    """The tags of the only study that is found in the store of a folder."""
    client = MlflowClient(default_uri(folder))
    assert list(study_ids(client)) == ["s"]
    return dict(client.get_experiment_by_name("s").tags)


@pytest.mark.parametrize("objectives", [{"bowl": Bowl()}, {"bowl": Bowl(), "rosenbrock": Rosenbrock()}])
def test_an_interrupted_study_is_listed_with_all_its_runs(tmp_path: Path, objectives: Any) -> None:
    made = study(objectives=objectives)
    with pytest.raises(StudyInterrupted):
        run_study(made, output_dir=tmp_path, figures=False, on_progress=stop_at_once)
    tags = shown(tmp_path)
    assert card_of(tags).sentence == BEGUN and BEGUN in tags["mlflow.note.content"]
    state = json.loads(json.loads(tags[VIEW_TAG])["state"])
    assert state["searchFilter"] in (OWN_RUNS, "") and state["compareRunCharts"]
    summary = run_study(made, output_dir=tmp_path, figures=False)
    assert summary.judgement is not None
    found = shown(tmp_path)
    assert card_of(found).sentence != BEGUN and BEGUN not in found["mlflow.note.content"]
    assert found[VIEW_TAG] != tags[VIEW_TAG]


def test_what_was_found_stays_while_more_is_computed(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path, figures=False)
    before = shown(tmp_path)
    with pytest.raises(StudyInterrupted):
        run_study(study((0.01, 0.02)), output_dir=tmp_path, figures=False, on_progress=stop_at_once)
    assert shown(tmp_path) == before
