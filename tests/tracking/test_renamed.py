"""An experiment that a person renamed is found by the tag of the folder that logs to it; for each writer and store."""

import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import ViewType
from support.studies import study as small_study
from support.writing import Store, contents, open_study

from rmsprop_lab import run_study
from rmsprop_lab.config.recorded import Recorded
from rmsprop_lab.errors import InputError, TrackingWarning
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.refill import refill
from rmsprop_lab.tracking.owners import FOLDER_TAG, owner_of, place_of
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.uri import default_uri


def names(client: MlflowClient, beginning: str) -> list[str]:
    found = client.search_experiments(ViewType.ALL)
    return sorted(one.name for one in found if one.name.startswith(beginning))


def test_the_next_command_logs_into_the_renamed_one(store: Store, name: str, tmp_path: Path) -> None:
    first, client = open_study(store.uri, tmp_path, name, store.writer), MlflowClient(store.uri)
    first.log_all(contents(3))
    client.rename_experiment(first.experiment_id, f"{name} of last week")
    again = open_study(store.uri, tmp_path, name, store.writer)
    assert again.experiment_id == first.experiment_id
    assert again.log_all(contents(5)) == 2
    assert names(client, name) == [f"{name} of last week"]
    tags = client.get_experiment(first.experiment_id).tags
    assert tags[f"{FOLDER_TAG}{owner_of(tmp_path, name)}"] == place_of(tmp_path, name)


def test_another_folder_makes_its_own_of_the_name_that_is_free(store: Store, name: str, tmp_path: Path) -> None:
    """As it would if there had never been one; the first folder goes on in the renamed one."""
    mine, client = open_study(store.uri, tmp_path / "a", name, store.writer), MlflowClient(store.uri)
    mine.log_all(contents(2))
    client.rename_experiment(mine.experiment_id, f"{name}-mine")
    other = open_study(store.uri, tmp_path / "b", name, store.writer)
    assert other.experiment_id != mine.experiment_id
    assert other.log_all(contents(2)) == 2
    again = open_study(store.uri, tmp_path / "a", name, store.writer)
    assert again.experiment_id == mine.experiment_id
    assert names(client, name) == [name, f"{name}-mine"]


def test_two_folders_that_share_one_both_find_it(store: Store, name: str, tmp_path: Path) -> None:
    folders, client = (tmp_path / "a", tmp_path / "b"), MlflowClient(store.uri)
    shared = [open_study(store.uri, folder, name, store.writer).experiment_id for folder in folders]
    assert len(set(shared)) == 1
    client.rename_experiment(shared[0], f"{name}-ours")
    assert [open_study(store.uri, folder, name, store.writer).experiment_id for folder in folders] == shared


def test_another_study_of_the_folder_is_another_experiment(store: Store, name: str, tmp_path: Path) -> None:
    first, client = open_study(store.uri, tmp_path, name, store.writer), MlflowClient(store.uri)
    client.rename_experiment(first.experiment_id, f"{name}-renamed")
    assert open_study(store.uri, tmp_path, f"{name}-b", store.writer).experiment_id != first.experiment_id


def test_a_renamed_one_that_was_deleted_is_refused(store: Store, name: str, tmp_path: Path) -> None:
    first, client = open_study(store.uri, tmp_path, name, store.writer), MlflowClient(store.uri)
    client.rename_experiment(first.experiment_id, f"{name}-gone")
    client.delete_experiment(first.experiment_id)
    with pytest.raises(
        InputError, match=rf"name: .* found '{name}', renamed to '{name}-gone', which is deleted in "
    ) as told:
        open_study(store.uri, tmp_path, name, store.writer)
    assert "begin the study anew with fresh=true, leave MLflow out with tracking=none" in told.value.change
    client.restore_experiment(first.experiment_id)
    assert open_study(store.uri, tmp_path, name, store.writer).experiment_id == first.experiment_id


def test_an_active_one_with_the_tag_comes_before_a_deleted_one_of_the_name(
    store: Store, name: str, tmp_path: Path
) -> None:
    first, client = open_study(store.uri, tmp_path, name, store.writer), MlflowClient(store.uri)
    client.rename_experiment(first.experiment_id, f"{name}-kept")
    client.delete_experiment(client.create_experiment(name))
    assert open_study(store.uri, tmp_path, name, store.writer).experiment_id == first.experiment_id


def test_of_several_with_the_tag_the_one_of_the_name_is_taken(store: Store, name: str, tmp_path: Path) -> None:
    tag, client = f"{FOLDER_TAG}{owner_of(tmp_path, name)}", MlflowClient(store.uri)
    numbers = [client.create_experiment(f"{name}{end}", tags={tag: "x"}) for end in ("-a", "", "-b")]
    assert open_study(store.uri, tmp_path, name, store.writer).experiment_id == numbers[1]
    client.rename_experiment(numbers[1], f"{name}-c")
    assert open_study(store.uri, tmp_path, name, store.writer).experiment_id == numbers[0]


def test_one_of_an_earlier_version_gets_the_tag(store: Store, name: str, tmp_path: Path) -> None:
    client = MlflowClient(store.uri)
    number = client.create_experiment(name, (tmp_path / "artifacts").as_uri())
    assert open_study(store.uri, tmp_path, name, store.writer).experiment_id == number
    client.rename_experiment(number, f"{name}-renamed")
    assert open_study(store.uri, tmp_path, name, store.writer).experiment_id == number


@pytest.mark.slow
@pytest.mark.parametrize("writer", ["bulk", "client"])
def test_a_study_that_grows_and_is_refilled_stays_in_it(empty_store: Path, tmp_path: Path, writer: str) -> None:
    """Also after its folder was moved."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    shutil.copy(empty_store, old)
    run_study(small_study((0.01,)), output_dir=old, figures=False)
    client = MlflowClient(default_uri(old))
    number = client.get_experiment_by_name("s").experiment_id
    client.rename_experiment(number, "thesis")
    old.rename(new)
    with pytest.warns(TrackingWarning, match="was moved or copied"):
        tracker = MlflowTracker(None, new, writer)
    grown = run_study(small_study((0.01, 0.1)), output_dir=new, tracking=tracker, figures=False)
    assert (grown.logged, grown.experiment_id) == (4, number)
    found = refill([Recorded(small_study((0.01, 0.1)), False)], StudyFolder(new, "s"), tracker, lambda *given: None)
    assert (found.logged, found.experiment_id) == (0, number)
    assert names(MlflowClient(default_uri(new)), "") == ["Default", "thesis"]


@pytest.mark.parametrize("stage", [ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY], ids=["active", "deleted"])
def test_a_study_begun_anew_leaves_its_experiment_under_another_name(
    store: Store, name: str, tmp_path: Path, stage: int
) -> None:
    first, client = open_study(store.uri, tmp_path, name, store.writer), MlflowClient(store.uri)
    first.log_all(contents(3))
    if stage == ViewType.DELETED_ONLY:
        client.delete_experiment(first.experiment_id)
    tracker = MlflowTracker(store.uri, tmp_path, store.writer)
    assert tracker.rename(name, f"{name}.until") == f"{name}.until"
    assert [one.name for one in client.search_experiments(stage) if one.name.startswith(name)] == [f"{name}.until"]
    again = open_study(store.uri, tmp_path, name, store.writer)
    assert again.experiment_id != first.experiment_id
    assert again.log_all(contents(3)) == 3
    if stage == ViewType.ACTIVE_ONLY:
        former = open_study(store.uri, tmp_path, f"{name}.until", store.writer)
        assert former.experiment_id == first.experiment_id
        assert former.log_all(contents(3)) == 0


def test_one_that_a_person_renamed_keeps_that_name(store: Store, name: str, tmp_path: Path) -> None:
    first, client = open_study(store.uri, tmp_path, name, store.writer), MlflowClient(store.uri)
    client.rename_experiment(first.experiment_id, f"{name} of mine")
    tracker = MlflowTracker(store.uri, tmp_path, store.writer)
    assert tracker.rename(name, f"{name}.until") == f"{name} of mine"
    assert open_study(store.uri, tmp_path, name, store.writer).experiment_id != first.experiment_id
    assert open_study(store.uri, tmp_path, f"{name}.until", store.writer).experiment_id == first.experiment_id
    assert tracker.rename(f"{name}-other", f"{name}.until") == ""


def test_one_that_others_log_to_is_not_renamed(store: Store, name: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        open_study(store.uri, tmp_path / folder, name, store.writer)
    with pytest.raises(InputError, match=f"fresh: .*alone, found '{name}', to which .*b/{name} on .* logs too"):
        MlflowTracker(store.uri, tmp_path / "a", store.writer).rename(name, f"{name}.until")
    assert names(MlflowClient(store.uri), name) == [name]
