"""A store whose folder was moved or copied finds its files, and nothing is written to where it was."""

import shutil
import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from mlflow import MlflowClient
from support.moving import MOVED, assert_all_here, moved, places_in, read
from support.studies import study
from support.writing import contents, open_study

from rmsprop_lab import run_study
from rmsprop_lab.config.recorded import Recorded
from rmsprop_lab.errors import InputError
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.refill import refill
from rmsprop_lab.tracking.owners import FOLDER_TAG, OWNER_TAG, owner_of
from rmsprop_lab.tracking.store import open_store
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.uri import default_uri


def moved_back(old: Path, new: Path) -> None:
    moved(old, new)
    with MOVED:
        open_store(default_uri(new), 1.0)
    shutil.move(new, old)
    with MOVED:
        open_store(default_uri(old), 1.0)
    shutil.move(old, new)


def moved_twice(old: Path, new: Path) -> None:
    moved(old, new.parent / "between")
    shutil.move(new.parent / "between", new)


def parent_renamed(old: Path, new: Path) -> None:
    old.parent.rename(new.parent)
    if new.name != "outputs":
        (new.parent / "outputs").rename(new)


def moved_and_linked(old: Path, new: Path) -> None:
    """The link that was left is taken away later."""
    moved(old, new)
    old.symlink_to(new)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        open_store(default_uri(old), 1.0)
    assert f"{old.as_uri()}/artifacts" in places_in(new)
    old.unlink()


def something_else_there(old: Path, new: Path) -> None:
    moved(old, new)
    (old / "artifacts/0").mkdir(parents=True)
    (old / "mlflow.db").touch()


WAYS = [moved, moved_back, moved_twice, parent_renamed, moved_and_linked, something_else_there]


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_moved_folder_finds_its_files(
    old: Path, tmp_path: Path, writer: str, way: Callable[[Path, Path], None]
) -> None:
    before, new = read(old), tmp_path / "new/place"
    way(old, new)
    left = {path: path.stat().st_mtime_ns for path in old.rglob("*")} if old.exists() else None
    with MOVED:
        here = open_study(default_uri(new), new, "s", writer)
    assert read(new) == before
    assert here.lacking(contents(3)) == []
    assert here.log_all(contents(5)) == 2
    assert_all_here(new, 5)
    assert left == ({path: path.stat().st_mtime_ns for path in old.rglob("*")} if old.exists() else None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_study(default_uri(new), new, "s", writer).log_all(contents(5)) == 0


@pytest.mark.slow
def test_a_copy_writes_into_itself(old: Path, tmp_path: Path, writer: str) -> None:
    new = tmp_path / "copy/outputs"
    shutil.copytree(old, new)
    files = {path: path.read_bytes() for path in old.rglob("*") if path.is_file() and path.suffix != ".lock"}
    with MOVED:
        assert open_study(default_uri(new), new, "s", writer).log_all(contents(5)) == 2
    assert_all_here(new, 5)
    assert files == {path: path.read_bytes() for path in old.rglob("*") if path.is_file() and path.suffix != ".lock"}
    assert open_study(default_uri(old), old, "s", writer).log_all(contents(4)) == 1
    assert_all_here(old, 4)


@pytest.mark.slow
@pytest.mark.parametrize("original", ["stays", "is gone"])
def test_a_copy_without_files_is_refused(old: Path, tmp_path: Path, writer: str, original: str) -> None:
    new = tmp_path / "copy/outputs"
    (new / "s").mkdir(parents=True)
    shutil.copy(old / "mlflow.db", new)
    artifacts = old / "artifacts"
    if original == "is gone":
        shutil.move(artifacts, tmp_path / "kept")
        artifacts = tmp_path / "kept"
    count = len(list(artifacts.rglob("*")))
    with pytest.raises(InputError, match=r"tracking\.uri: expected the artifacts of experiment 's', found ") as error:
        open_study(default_uri(new), new, "s", writer)
    assert error.value.change.startswith(f"Put the files into {new.resolve()}/artifacts; or move mlflow.db away")
    assert count == len(list(artifacts.rglob("*")))
    assert {path.name for path in new.iterdir()} <= {"s", "mlflow.db", "mlflow.db.lock"}
    shutil.copytree(artifacts, new / "artifacts")
    with MOVED:
        open_study(default_uri(new), new, "s", writer).log_all(contents(5))
    assert_all_here(new, 5)


def test_files_at_the_old_place_alone_stay_where_they_are(old: Path, tmp_path: Path, writer: str) -> None:
    """An earlier version logged into the old place after the folder was moved."""
    new = tmp_path / "new/outputs"
    shutil.copytree(old, new)
    (first, *_) = [path for path in (new / "artifacts").iterdir() if path.name != ".unfinished"]
    shutil.rmtree(first)
    with MOVED:
        here = open_study(default_uri(new), new, "s", writer)
    there = [place for place in places_in(new) if place.startswith(old.resolve().as_uri())]
    assert [place.split("/")[-2] for place in there] == [first.name]
    assert [run["files"] for run in read(new).values()] == [run["files"] for run in read(old).values()]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        open_store(default_uri(new), 1.0)
    lacking = here.lacking(contents(3))
    assert len(lacking) == (1 if writer == "bulk" else 0), "what it writes, it writes into its own folder"
    assert here.restore(contents(3)) == len(lacking)
    assert len(list((old / "artifacts").glob("*/artifacts"))) == 3


def test_files_that_are_nowhere_come_back_to_the_new_place(old: Path, tmp_path: Path, writer: str) -> None:
    new = tmp_path / "new/outputs"
    moved(old, new)
    shutil.rmtree(next(path for path in (new / "artifacts").iterdir() if path.name != ".unfinished"))
    with MOVED:
        here = open_study(default_uri(new), new, "s", writer)
    assert here.restore(contents(3)) == 1
    assert_all_here(new, 3)
    assert not old.exists()


def test_another_folder_s_experiment_in_this_store_stays_its_own(old: Path, tmp_path: Path, writer: str) -> None:
    uri, guest = default_uri(old), tmp_path / "guest/outputs"
    open_study(uri, guest, "of the guest", writer).log_all(contents(2))
    open_study(uri, guest, "not begun", writer)
    before = [place for place in places_in(old) if guest.as_uri() in place]
    assert len(before) == 3
    new = tmp_path / "new/outputs"
    moved(old, new)
    with MOVED:
        open_study(default_uri(new), new, "s", writer)
    assert [place for place in places_in(new) if guest.as_uri() in place] == before
    assert open_study(default_uri(new), guest, "of the guest", writer).log_all(contents(3)) == 1


def test_a_renamed_parent_of_a_store_elsewhere_is_told(empty_store: Path, tmp_path: Path, writer: str) -> None:
    shutil.copy(empty_store, tmp_path / "team.db")
    uri, old, new = f"sqlite:///{tmp_path}/team.db", tmp_path / "old/outputs", tmp_path / "new/outputs"
    open_study(uri, old, "s", writer).log_all(contents(2))
    moved(old, new)
    with pytest.raises(InputError, match=r"found .*/old/outputs/artifacts, which is not there") as error:
        open_study(uri, new, "s", writer)
    assert "task=refill name=s" in error.value.change
    assert not old.exists()
    moved(new, old)
    assert open_study(uri, old, "s", writer).log_all(contents(3)) == 1


def test_a_moved_study_alone_is_logged_to_the_store_beside_it(empty_store: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        shutil.copy(empty_store, folder)
    run_study(study(), output_dir=old, figures=False)
    shutil.move(old / "s", new / "s")
    again = run_study(study(), output_dir=new, figures=False)
    assert (again.computed, again.logged) == (0, 8)
    assert all(str(new) in place for place in places_in(new))


def test_what_was_interrupted_before_is_cleaned_up_after(old: Path, tmp_path: Path, writer: str) -> None:
    """The runs of the folder are still its own."""
    client, new = MlflowClient(default_uri(old)), tmp_path / "new/outputs"
    number = client.get_experiment_by_name("s").experiment_id
    owners = {"mine": owner_of(old, "s"), "another's": owner_of(tmp_path, "s")}
    for key, owner in owners.items():
        client.create_run(number, tags={"run_key": key, OWNER_TAG: owner})
    unfinished, lost = old / "artifacts/.unfinished", "0" * 32
    unfinished.mkdir(exist_ok=True)
    (unfinished / f"{owners['mine']}-1").write_text(f'["{lost}"]')
    (old / "artifacts" / lost).mkdir()
    moved(old, new)
    with MOVED:
        here = open_study(default_uri(new), new, "s", writer)
    assert len(here.run_ids()) == 3
    active = MlflowClient(default_uri(new)).search_runs([number], "attributes.status = 'RUNNING'")
    assert [run.data.tags["run_key"] for run in active] == ["another's"]
    open_study(default_uri(new), new, "s", "bulk").run_ids()
    assert not (new / "artifacts" / lost).exists()


@pytest.mark.slow
def test_a_store_of_an_earlier_version_is_mended_too(old: Path, tmp_path: Path, writer: str) -> None:
    """Its experiments have no tag of a folder."""
    new = tmp_path / "new/outputs"
    with closing(sqlite3.connect(old / "mlflow.db")) as database:
        assert database.execute("delete from experiment_tags where key like ?", (f"{FOLDER_TAG}%",)).rowcount == 1
        database.commit()
    moved(old, new)
    with MOVED:
        assert open_study(default_uri(new), new, "s", writer).log_all(contents(4)) == 1
    assert_all_here(new, 4)
    client = MlflowClient(default_uri(new))
    runs = client.search_runs([client.get_experiment_by_name("s").experiment_id])
    assert {run.data.tags[OWNER_TAG] for run in runs} == {owner_of(new, "s")}


def test_an_experiment_that_was_never_logged_to_moves_along(empty_store: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    shutil.copy(empty_store, old)
    open_study(default_uri(old), old, "s", "bulk")
    old.rename(new)
    assert open_study(default_uri(new), new, "s", "bulk").log_all(contents(1)) == 1
    assert_all_here(new, 1)


@pytest.mark.slow
def test_a_moved_study_resumes_and_is_refilled(empty_store: Path, tmp_path: Path, writer: str) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    shutil.copy(empty_store, old)
    run_study(study((0.01,)), output_dir=old, figures=False)
    old.rename(new)
    with MOVED:
        tracker = MlflowTracker(None, new, writer)
    grown = run_study(study((0.01, 0.1)), output_dir=new, tracking=tracker, figures=False)
    assert (grown.computed, grown.logged) == (4, 4)
    lost = next((new / "artifacts").rglob("contour.png"))
    lost.unlink()
    found = refill([Recorded(study((0.01, 0.1)), False)], StudyFolder(new, "s"), tracker, lambda *given: None)
    assert (found.logged, found.restored) == (0, 1)
    assert lost.is_file()
    assert not old.exists()
