"""The contract of a `Writer`, for each writer on each kind of store."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from mlflow import MlflowClient
from mlflow.utils.validation import MAX_TAG_VAL_LENGTH
from support.writing import Store, as_read, contents, open_study

from rmsprop_lab.errors import TrackingError
from rmsprop_lab.tracking.content import MISSING_PARAM, Point
from rmsprop_lab.tracking.owners import OWNER_TAG, owner_of
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.writers import bulk as bulk_writer
from rmsprop_lab.tracking.writers import client as client_writer
from rmsprop_lab.tracking.writers.artifacts import write_files
from rmsprop_lab.tracking.writers.protocol import now


def test_a_run_is_read_as_it_was_written(store: Store, name: str, tmp_path: Path) -> None:
    given = contents()
    study = open_study(store.uri, tmp_path, name, store.writer)
    written = {entry.run_key: entry.run_id for entry in study._writer.write(given)}
    assert list(written) == [content.run_key for content in given]
    client = MlflowClient(store.uri)
    read = as_read(client, study.experiment_id)
    assert set(read) == set(written)
    for content in given:
        run = read[content.run_key]
        assert client.get_run(written[content.run_key]).data.tags["run_key"] == content.run_key
        assert run["info"][:3] == (content.name, "FINISHED", "active")
        assert run["params"] == content.params
        assert content.tags.items() <= run["tags"].items()
        assert run["tags"]["mlflow.runColor"] == content.colour
        assert len(run["tags"]["mlflow.note.content"]) == MAX_TAG_VAL_LENGTH - 32
        assert ("mlflow.loggedImages" in run["tags"]) == bool(content.images)
        for key in {point.name for point in content.points} - {"odd/nan", "odd/infinite", "odd/lowest"}:
            points = {(point.step, repr(point.value)) for point in content.points if point.name == key}
            assert set(run["histories"][key]) == points
        for path, content_ in content.artifacts.items():
            assert run["files"][path] == content_
        assert len(run["files"]) == len(content.artifacts) + 2 * len(content.images)


def test_entries_are_the_active_runs_with_a_key(store: Store, name: str, tmp_path: Path) -> None:
    study = open_study(store.uri, tmp_path, name, store.writer)
    writer, client = study._writer, MlflowClient(store.uri)
    assert writer.entries([]) == []
    assert list(writer.write([])) == []
    before = now()
    written = {entry.run_key: entry.run_id for entry in writer.write(contents(3))}
    client.create_run(study.experiment_id, run_name="somebody else's")
    unfinished = client.create_run(study.experiment_id, tags={"run_key": "unfinished"}).info.run_id
    entries = {entry.run_key: entry for entry in writer.entries([])}
    assert {key: entry.run_id for key, entry in entries.items()} == {**written, "unfinished": unfinished}
    assert {key for key, entry in entries.items() if not entry.finished} == {"unfinished"}
    assert entries["unfinished"].owner == ""
    assert {entries[key].owner for key in written} == {owner_of(tmp_path, name)}
    assert all(before <= entry.start_time <= now() for entry in entries.values())
    client.delete_run(written[f"{1:064x}"])
    client.delete_run(unfinished)
    assert {entry.run_key for entry in writer.entries([])} == {f"{0:064x}", f"{2:064x}"}


def test_runs_are_found_by_their_keys(store: Store, name: str, tmp_path: Path) -> None:
    study = open_study(store.uri, tmp_path, name, store.writer)
    writer, client = study._writer, MlflowClient(store.uri)
    written = {entry.run_key: entry for entry in writer.write(contents(4))}
    keys = [content.run_key for content in contents(6)]
    client.create_run(study.experiment_id, tags={"run_key": keys[5]})
    assert {entry.run_key: entry for entry in writer.news(keys, {})} == written
    assert {entry.run_id for entry in writer.entries([])} >= {entry.run_id for entry in written.values()}
    known = {key: written[key].run_id for key in keys[:3]}
    assert written[keys[3]] in writer.news(keys, known)
    assert written[keys[3]] not in writer.news(keys[:3], {key: entry.run_id for key, entry in written.items()})
    assert writer.news([], {}) == []
    client.delete_run(known[keys[0]])
    assert keys[0] not in {entry.run_key for entry in writer.news(keys, {})}
    assert writer.active(known.values()) == {known[keys[1]], known[keys[2]]}
    assert writer.active([]) == set()


def test_missing_params_are_named_and_can_be_added(store: Store, name: str, tmp_path: Path) -> None:
    writer = open_study(store.uri, tmp_path, name, store.writer)._writer
    assert len(list(writer.write(contents(3)))) == 3
    names = ["beta", "step_size", "delta"]
    missing = [(entry.run_id, name) for entry in writer.entries(names) for name in entry.lacks]
    assert sorted(name for _, name in missing) == ["beta"] * 3 + ["delta"] * 3
    writer.add_params(missing)
    writer.add_params([])
    assert {entry.lacks for entry in writer.entries(names)} == {()}
    client = MlflowClient(store.uri)
    assert {client.get_run(run_id).data.params[name] for run_id, name in missing} == {MISSING_PARAM}


def test_what_is_there_is_not_logged_again(store: Store, name: str, tmp_path: Path) -> None:
    passed = []
    for expected in (4, 3, 0):
        study = open_study(store.uri, tmp_path, name, store.writer)
        assert study.log_all(contents(7 if expected < 4 else 4), lambda: passed.append(1)) == expected
    assert len(passed) == 18
    assert len(study.run_ids()) == len(MlflowClient(store.uri).search_runs([study.experiment_id])) == 7
    assert len(list((tmp_path / "artifacts").iterdir())) == 7


def test_a_later_hyperparameter_reaches_the_runs_that_are_there(store: Store, name: str, tmp_path: Path) -> None:
    open_study(store.uri, tmp_path, name, "bulk").log_all(contents())
    study = MlflowTracker(store.uri, tmp_path, store.writer).study(name, ["step_size", "beta"])
    assert len(study.run_ids()) == 7
    runs = MlflowClient(store.uri).search_runs([study.experiment_id])
    assert {run.data.params["beta"] for run in runs} == {"0"}
    assert "0" not in {run.data.params["step_size"] for run in runs}


@pytest.mark.slow
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk full")])
def test_after_an_interruption_every_run_is_there_once_and_whole(
    store: Store, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    study, calls = open_study(store.uri, tmp_path, name, store.writer), []

    def failing(folder: Path, given: dict[str, bytes]) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise error
        write_files(folder, given)

    for module in (bulk_writer, client_writer):
        monkeypatch.setattr(module, "write_files", failing)
    with pytest.raises((KeyboardInterrupt, TrackingError)):
        study.log_all(contents(5))
    monkeypatch.undo()
    client = MlflowClient(store.uri)
    whole = client.search_runs([study.experiment_id], "attributes.status = 'FINISHED'")
    assert len(whole) == (0 if store.writer == "bulk" else 2)
    study = open_study(store.uri, tmp_path, name, store.writer)
    assert study.log_all(contents(5)) == 5 - len(whole)
    assert sorted(as_read(client, study.experiment_id)) == [content.run_key for content in contents(5)]


@pytest.mark.parametrize("change", [{"points": [Point("no: {}", 1.0, 0)]}, {"params": {"k" * 300: "1"}}])
def test_a_run_that_mlflow_refuses_is_an_error_and_not_there(
    store: Store, name: str, tmp_path: Path, change: dict[str, Any]
) -> None:
    study = open_study(store.uri, tmp_path, name, store.writer)
    with pytest.raises(TrackingError, match="logging runs to MLflow: "):
        study.log_all([replace(contents(1)[0], **change)])
    assert study.run_ids() == {}
    assert MlflowClient(store.uri).search_runs([study.experiment_id]) == []
    assert study.log_all(contents(1)) == 1


def test_of_runs_with_one_key_the_oldest_stays(store: Store, name: str, tmp_path: Path) -> None:
    """Machines that share no lock may both log a run through `MlflowClient`."""
    study = open_study(store.uri, tmp_path, name, store.writer)
    client, key = MlflowClient(store.uri), contents(1)[0].run_key
    ids = []
    for started in (5000, 3000, 4000):
        ids.append(client.create_run(study.experiment_id, started, {"run_key": key}).info.run_id)
        client.set_terminated(ids[-1])
    assert study.run_ids() == {key: ids[1]}
    assert [run.info.run_id for run in client.search_runs([study.experiment_id])] == [ids[1]]


def test_unfinished_runs_of_another_folder_are_left_alone(store: Store, name: str, tmp_path: Path) -> None:
    study = open_study(store.uri, tmp_path, name, store.writer)
    client = MlflowClient(store.uri)
    owners = {"mine": owner_of(tmp_path, name), "another's": owner_of(tmp_path / "other", name)}
    for key, owner in owners.items():
        client.create_run(study.experiment_id, tags={"run_key": key, OWNER_TAG: owner})
    assert study.run_ids() == {}
    assert [run.data.tags["run_key"] for run in client.search_runs([study.experiment_id])] == ["another's"]


REFUSE = {
    "sqlite": "create trigger refuse before insert on latest_metrics begin select raise(abort, 'no space'); end",
    "postgresql": "create or replace function refuse() returns trigger as $$ begin raise exception 'no space'; end $$ "
    "language plpgsql; create trigger refuse before insert on latest_metrics for each row execute function refuse()",
}
ACCEPT = {"sqlite": "drop trigger refuse", "postgresql": "drop trigger refuse on latest_metrics"}


def test_what_a_database_refuses_is_not_there_and_can_be_logged_later(store: Store, name: str, tmp_path: Path) -> None:
    study, uri = open_study(store.uri, tmp_path, name, store.writer), store.uri
    study.log_all(contents(3))
    engine = sqlalchemy.create_engine(uri, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(REFUSE[engine.dialect.name])
    with pytest.raises(TrackingError, match="no space"):
        study.log_all(contents(6))
    refused = 6 - len(study.run_ids())
    assert refused == (3 if store.writer == "bulk" else 2)  # one run has no metrics
    if store.writer == "bulk":
        assert len(list((tmp_path / "artifacts").iterdir())) == 3
    with engine.begin() as connection:
        connection.exec_driver_sql(ACCEPT[engine.dialect.name])
    assert study.log_all(contents(6)) == refused
    assert len(MlflowClient(uri).search_runs([study.experiment_id])) == 6
