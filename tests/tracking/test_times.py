"""Runs in MLflow begin and end when they were computed, whichever command logs them, by each writer."""

import os
import shutil
import time
from pathlib import Path

import pytest
from support.mlflow_runs import runs_in
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.config.recorded import Recorded
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.refill import refill
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.uri import default_uri

WRITERS = pytest.mark.parametrize("writer", ["bulk", "client"])
STEPS = (0.01, 0.1)


def times_in(folder: Path) -> dict[str, tuple[int, int]]:
    _, runs = runs_in(folder)
    return {run.data.tags["run_key"]: (run.info.start_time, run.info.end_time) for run in runs}


def assert_as_computed(folder: Path, before: float, after: float) -> None:
    told, known = times_in(folder), StudyFolder(folder, "s")
    assert told == known.spans(known.run_keys())
    assert len({began for began, _ in told.values()}) > 1
    for began, ended in told.values():
        assert before * 1000 - 1 <= began < ended <= after * 1000 + 1
    in_order = known.run_table()["run_key"].to_pylist()
    assert sorted(told, key=lambda key: (told[key][0], in_order.index(key))) == in_order


@pytest.mark.slow
@WRITERS
@pytest.mark.usefixtures("sqlite")
def test_a_run_begins_and_ends_when_it_was_computed(tmp_path: Path, writer: str) -> None:
    tracker = MlflowTracker(None, tmp_path, writer)
    before = time.time()
    run_study(study(STEPS), output_dir=tmp_path, tracking="none", figures=False)
    after = time.time()
    run_study(study(STEPS), output_dir=tmp_path, tracking=tracker, figures=False)  # a later command
    assert_as_computed(tmp_path, before, after)


@pytest.mark.usefixtures("sqlite")
def test_a_run_that_is_logged_at_once_has_the_same_times(tmp_path: Path) -> None:
    before = time.time()
    run_study(study(STEPS), output_dir=tmp_path, figures=False)
    assert_as_computed(tmp_path, before, time.time())


@WRITERS
@pytest.mark.usefixtures("sqlite")
def test_runs_of_shards_have_their_own_times(tmp_path: Path, writer: str) -> None:
    tracker = MlflowTracker(None, tmp_path, writer)
    before = time.time()
    for shard in range(2):
        run_study(study(STEPS, shards=2, shard=shard), output_dir=tmp_path, tracking="none", figures=False)
    after = time.time()
    run_study(study(STEPS), output_dir=tmp_path, tracking=tracker, figures=False)
    told, known = times_in(tmp_path), StudyFolder(tmp_path, "s")
    assert told == known.spans(known.run_keys())
    assert before * 1000 - 1 <= min(told.values())[0]
    assert max(ended for _, ended in told.values()) <= after * 1000 + 1


@pytest.mark.slow
@WRITERS
def test_a_refilled_store_has_the_times_of_the_first(empty_store: Path, tmp_path: Path, writer: str) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        shutil.copy(empty_store, tmp_path / folder)
    run_study(study(STEPS), output_dir=tmp_path / "first", figures=False)
    uri = default_uri(tmp_path / "second")
    folder = StudyFolder(tmp_path / "first", "s")
    refill([Recorded(study(STEPS), False)], folder, MlflowTracker(uri, tmp_path / "first", writer), lambda *given: None)
    assert times_in(tmp_path / "second") == times_in(tmp_path / "first")


@pytest.mark.slow
@WRITERS
@pytest.mark.usefixtures("sqlite")
def test_what_an_earlier_version_computed_has_the_time_of_its_part(tmp_path: Path, writer: str) -> None:
    run_study(study(STEPS), output_dir=tmp_path, tracking="none", figures=False)
    shutil.rmtree(tmp_path / "s/times.parquet")
    for part in (tmp_path / "s/runs.parquet").iterdir():
        os.utime(part, (1.7e9, 1.7e9))
    run_study(study(STEPS), output_dir=tmp_path, tracking=MlflowTracker(None, tmp_path, writer), figures=False)
    assert set(times_in(tmp_path).values()) == {(1_700_000_000_000, 1_700_000_000_000)}
