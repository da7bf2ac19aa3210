"""What is cut off or doubled in MLflow goes, and nothing else does."""

from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import ViewType

from rmsprop_lab.tracking.owners import OWNER_TAG
from rmsprop_lab.tracking.study_tracker import StudyTracker
from rmsprop_lab.tracking.tracker import MlflowTracker

KEY = "k" * 64


@pytest.fixture(params=["bulk", "client"])
def tracker(sqlite: str, tmp_path: Path, request: pytest.FixtureRequest) -> StudyTracker:
    return MlflowTracker(sqlite, tmp_path, request.param).study("s", [])


@pytest.fixture
def client(tracker: StudyTracker, tmp_path: Path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")


def run_of(client: MlflowClient, tracker: StudyTracker, started: int, status: str | None, **tags: str) -> str:
    run = client.create_run(tracker.experiment_id, start_time=started, tags={"run_key": KEY, **tags})
    if status:
        client.set_terminated(run.info.run_id, status)
    return str(run.info.run_id)


def active(client: MlflowClient, tracker: StudyTracker) -> set[str]:
    runs: Any = client.search_runs([tracker.experiment_id], run_view_type=ViewType.ACTIVE_ONLY)
    return {run.info.run_id for run in runs}


def test_of_two_runs_with_one_key_the_older_stays(client: MlflowClient, tracker: StudyTracker) -> None:
    older = run_of(client, tracker, 1_000, "FINISHED")
    newer = run_of(client, tracker, 2_000, "FINISHED")
    assert active(client, tracker) == {older, newer}
    assert tracker.run_ids() == {KEY: older}
    assert active(client, tracker) == {older}


def test_an_unfinished_run_of_another_folder_may_be_on_its_way(client: MlflowClient, tracker: StudyTracker) -> None:
    foreign = run_of(client, tracker, 1_000, None, **{OWNER_TAG: "another machine"})
    nobodys = run_of(client, tracker, 1_000, None)
    own = run_of(client, tracker, 1_000, None, **{OWNER_TAG: tracker._owner})
    assert active(client, tracker) == {foreign, nobodys, own}
    assert tracker.run_ids() == {}
    assert active(client, tracker) == {foreign}
