"""Folders may have any name that the file system takes: the store in one opens, and has pictures and runs."""

import shutil
from pathlib import Path

import pytest
from support.writing import as_read, contents, open_study

from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.uri import default_uri


@pytest.mark.slow
@pytest.mark.parametrize("writer", ["bulk", "client"])
@pytest.mark.parametrize("name", ["Anna's runs", "100 % of it", "a#b", "ü 漢", "+&=;,"])
def test_a_store_in_a_folder_of_any_name(empty_store: Path, tmp_path: Path, name: str, writer: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(empty_store, folder)
    study = open_study(default_uri(folder), folder, "s", writer)
    study.log_all(contents(2))
    found = as_read(study._client, study.experiment_id)
    assert len(found) == 2
    assert all(run["files"] for run in found.values())
    again = MlflowTracker(None, folder, writer).study("s", [])
    assert len(again.run_ids()) == 2
