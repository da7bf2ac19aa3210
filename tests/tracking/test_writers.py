"""The contract of a `Writer`, for each writer on each kind of store; then what bulk writing promises beyond it."""

import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from mlflow import MlflowClient
from mlflow.utils.validation import MAX_TAG_VAL_LENGTH
from support.processes import ENVIRONMENT
from support.writing import Store, as_read, contents, open_study

from rmsprop_lab.errors import InputError, TrackingError, TrackingWarning
from rmsprop_lab.tracking.content import Point
from rmsprop_lab.tracking.store import OWNER_TAG, owner_of
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.writers import bulk as bulk_writer
from rmsprop_lab.tracking.writers import client as client_writer
from rmsprop_lab.tracking.writers.artifacts import write_files
from rmsprop_lab.tracking.writers.protocol import MISSING_PARAM, new_run_id, now


def test_a_run_is_read_as_it_was_written(store: Store, name: str, tmp_path: Path) -> None:
    given = contents()
    study = open_study(store.uri, tmp_path, name, store.writer)
    written = dict(study._writer.write(given))
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
    assert writer.entries([], None) == []
    assert list(writer.write([])) == []
    before = now()
    written = dict(writer.write(contents(3)))
    client.create_run(study.experiment_id, run_name="somebody else's")
    unfinished = client.create_run(study.experiment_id, tags={"run_key": "unfinished"}).info.run_id
    entries = {entry.run_key: entry for entry in writer.entries([], None)}
    assert {key: entry.run_id for key, entry in entries.items()} == {**written, "unfinished": unfinished}
    assert {key for key, entry in entries.items() if not entry.finished} == {"unfinished"}
    assert entries["unfinished"].owner == ""
    assert {entries[key].owner for key in written} == {owner_of(tmp_path, name)}
    assert all(before <= entry.start_time <= now() for entry in entries.values())
    client.delete_run(written[f"{1:064x}"])
    client.delete_run(unfinished)
    assert {entry.run_key for entry in writer.entries([], None)} == {f"{0:064x}", f"{2:064x}"}
    assert {entry.run_key for entry in writer.entries([], before)} == {f"{0:064x}", f"{2:064x}"}
    assert writer.entries([], now() + 60_000) == []


def test_missing_params_are_named_and_can_be_added(store: Store, name: str, tmp_path: Path) -> None:
    writer = open_study(store.uri, tmp_path, name, store.writer)._writer
    assert len(list(writer.write(contents(3)))) == 3
    names = ["beta", "step_size", "delta"]
    missing = [(entry.run_id, name) for entry in writer.entries(names, None) for name in entry.lacks]
    assert sorted(name for _, name in missing) == ["beta"] * 3 + ["delta"] * 3
    writer.add_params(missing)
    writer.add_params([])
    assert {entry.lacks for entry in writer.entries(names, None)} == {()}
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


def test_both_writers_write_the_same(uri: str, name: str, tmp_path: Path) -> None:
    ids = {}
    for writer in ("bulk", "client"):
        study = open_study(uri, tmp_path, f"{name}-{writer}", writer)
        assert study.log_all(contents()) == 7
        ids[writer] = study.experiment_id
    client = MlflowClient(uri)
    read = {writer: as_read(client, number) for writer, number in ids.items()}
    assert len(read["bulk"]) == 7
    for key, run in read["client"].items():
        for part, value in run.items():
            assert read["bulk"][key][part] == value, (key, part)
    rows = {writer: raw_rows(uri, number) for writer, number in ids.items()}
    assert rows["bulk"] == rows["client"]

    for query, order in [
        ("metrics.`final/log10_gap` < -1.5", ["metrics.`final/log10_gap` ASC"]),
        ("params.step_size != '0.1'", ["params.step_size DESC"]),
        ("tags.outcome = 'failed'", ["tags.run_key ASC"]),
        ("attributes.status = 'FINISHED' and tags.objective LIKE 'bo%'", ["tags.run_key DESC"]),
        ("metrics.repeated = 1.5", ["metrics.`curve/value` DESC", "tags.run_key"]),
    ]:
        order = [*order, "tags.objective ASC", "attributes.run_name ASC"]
        found = {
            writer: [run.data.tags["run_key"] for run in client.search_runs([number], query, order_by=order)]
            for writer, number in ids.items()
        }
        assert found["bulk"] == found["client"], query
        assert found["bulk"], query


def raw_rows(uri: str, experiment_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """The rows themselves, without ids and times: also what no client shows."""
    engine = sqlalchemy.create_engine(uri)
    mine = f"select run_uuid from runs where experiment_id = {experiment_id}"
    queries = {
        "runs": "select name, source_type, source_name, entry_point_name, user_id, status, deleted_time, "
        f"source_version, lifecycle_stage from runs where run_uuid in ({mine})",
        "metrics": f"select key, value, step, is_nan from metrics where run_uuid in ({mine})",
        "latest_metrics": f"select key, value, step, is_nan from latest_metrics where run_uuid in ({mine})",
        "params": f"select key, value from params where run_uuid in ({mine})",
        "tags": "select key, replace(value, run_uuid, '') from tags "
        f"where key != '{OWNER_TAG}' and run_uuid in ({mine})",
        "inputs": f"select source_type from inputs where destination_id in ({mine}) or source_id in ({mine})",
    }
    with engine.connect() as connection:
        found = {
            table: sorted(map(tuple, connection.exec_driver_sql(query)), key=repr) for table, query in queries.items()
        }
        columns = {table: {c["name"] for c in sqlalchemy.inspect(engine).get_columns(table)} for table in queries}
    engine.dispose()
    assert columns["runs"] == {column.name for column in bulk_writer.SqlRun.__table__.columns}
    return found


def test_runs_written_in_bulk_can_be_deleted_restored_and_changed(uri: str, name: str, tmp_path: Path) -> None:
    study = open_study(uri, tmp_path, name, "bulk")
    study.log_all(contents())
    client = MlflowClient(uri)
    run_id = study.run_ids()[f"{2:064x}"]
    client.delete_run(run_id)
    assert run_id not in {run.info.run_id for run in client.search_runs([study.experiment_id])}
    assert f"{2:064x}" not in open_study(uri, tmp_path, name, "bulk").run_ids()
    client.restore_run(run_id)
    (found,) = client.search_runs([study.experiment_id], f"tags.run_key = '{2:064x}'")
    assert found.info.run_id == run_id
    client.log_metric(run_id, "curve/value", 0.5, step=100)
    client.set_tag(run_id, "mine", "yes")
    assert client.get_run(run_id).data.metrics["curve/value"] == 0.5
    assert len(client.get_metric_history(run_id, "curve/value")) == 6


def test_another_process_is_noticed(uri: str, name: str, tmp_path: Path) -> None:
    """Two folders, so two locks that know nothing of each other: machines that share a database."""
    one = open_study(uri, tmp_path, name, "bulk")
    other = MlflowTracker(uri, tmp_path / "other", "bulk").study(name, [])
    assert one.log_all(contents(5)) == 5
    assert other.run_ids() == one.run_ids()
    assert one.log_all(contents(5, first=5)) == 5
    assert [key for key, _ in other._writer.write(contents(12))] == [
        f"{10:064x}",
        f"{11:064x}",
    ]  # it had not asked meanwhile
    assert len(one.run_ids()) == 12
    assert len(list((tmp_path / "artifacts").iterdir())) == 12


CHILD = """
import sys
from pathlib import Path
from support.writing import contents, open_study
study = open_study(sys.argv[1], Path(sys.argv[2]), sys.argv[3], "bulk")
print("ready", flush=True)
sys.stdin.readline()
for low in range(0, 60, 20):
    study.log_all(contents(20, first=low))
"""


def child(uri: str, folder: Path, name: str, program: str = CHILD) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, uri, str(folder), name],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    line = started.stdout.readline()
    assert line == "ready\n", started.communicate()
    return started


def test_two_processes_with_different_locks_never_double_a_run(uri: str, name: str, tmp_path: Path) -> None:
    open_study(uri, tmp_path, name, "bulk")
    children = [child(uri, tmp_path / place, name) for place in ("a", "b")]
    for one in children:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in children:
        _, err = one.communicate()
        assert one.returncode == 0, err
    study = open_study(uri, tmp_path, name, "bulk")
    runs = MlflowClient(uri).search_runs([study.experiment_id])
    assert sorted(run.data.tags["run_key"] for run in runs) == [content.run_key for content in contents(60)]
    assert {path.name for path in (tmp_path / "artifacts").iterdir()} == {run.info.run_id for run in runs}


KILLED = """
import os, signal, sys
from pathlib import Path
from rmsprop_lab.tracking.writers import bulk as bulk_writer
from support.writing import contents, open_study
study = open_study(sys.argv[1], Path(sys.argv[2]), sys.argv[3], "bulk")
study.log_all(contents(5))
insert = bulk_writer._insert
def fatal(connection, model, rows):
    insert(connection, model, rows)
    if model.__tablename__ == "metrics":
        os.kill(os.getpid(), signal.SIGKILL)
bulk_writer._insert = fatal
print("ready", flush=True)
study.log_all(contents(20))
"""


def test_killed_in_the_middle_of_a_batch_nothing_is_lost_or_doubled(uri: str, name: str, tmp_path: Path) -> None:
    killed = child(uri, tmp_path, name, KILLED)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    client = MlflowClient(uri)
    experiment_id = client.get_experiment_by_name(name).experiment_id
    assert len(client.search_runs([experiment_id])) == 5
    assert len([path for path in (tmp_path / "artifacts").iterdir() if path.name[0] != "."]) == 20
    study = open_study(uri, tmp_path, name, "bulk")
    assert len(study.run_ids()) == 5
    assert len(list((tmp_path / "artifacts").iterdir())) == 5, "what the killed batch left behind"
    assert study.log_all(contents(20)) == 15
    assert len(client.search_runs([experiment_id])) == 20
    assert len(list((tmp_path / "artifacts").iterdir())) == 20


FULL = """
import resource, signal, sys
from pathlib import Path
from support.writing import contents, open_study
study = open_study(sys.argv[1], Path(sys.argv[2]), sys.argv[3], "bulk")
study.log_all(contents(5))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = Path(sys.argv[1].removeprefix("sqlite:///")).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, size + 20_000))
print("ready", flush=True)
study.log_all(contents(400))
"""


def test_a_full_disk_is_an_error_and_nothing_of_the_batch(sqlite: str, tmp_path: Path) -> None:
    uri = sqlite
    full = child(uri, tmp_path, "s", FULL)
    _, err = full.communicate()
    assert full.returncode == 1
    assert "TrackingError: logging runs to MLflow: " in err
    assert re.search("disk|full|I/O|locked", err.splitlines()[-1]), err
    study = open_study(uri, tmp_path, "s", "bulk")
    assert len(study.run_ids()) == 5
    assert study.log_all(contents(400)) == 395


def test_an_unknown_schema_is_left_to_the_client(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = sqlite
    open_study(uri, tmp_path, "s", "bulk")
    assert bulk_writer.why_not(uri) is None
    monkeypatch.setattr(bulk_writer, "SCHEMAS", ("another",))
    assert isinstance(bulk_writer.why_not(uri), bulk_writer.UnknownSchema)
    with pytest.raises(InputError, match=r"tracking\.writer: expected auto or client, found bulk: the store's schema"):
        open_study(uri, tmp_path, "s", "bulk")
    with pytest.warns(TrackingWarning, match="runs are logged one by one: the store's schema"):
        study = open_study(uri, tmp_path, "s", "auto")
    assert study.log_all(contents(2)) == 2


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("http://127.0.0.1:5000", "http is not written to directly"),
        ("mysql://host/db", "mysql is not written to directly"),
        ("postgresql+psycopg2://host/db", "the driver psycopg2 is not psycopg"),
    ],
)
def test_other_stores_are_left_to_the_client_without_a_warning(uri: str, reason: str) -> None:
    obstacle = bulk_writer.why_not(uri)
    assert reason in str(obstacle)
    assert not isinstance(obstacle, bulk_writer.UnknownSchema)


def test_artifacts_that_go_elsewhere_are_left_to_the_client(sqlite: str, tmp_path: Path) -> None:
    uri = sqlite
    MlflowTracker(uri, tmp_path)._client.create_experiment("s", artifact_location="s3://bucket/folder")
    with pytest.raises(InputError, match=r"bulk: its artifacts go to s3://bucket/folder"):
        open_study(uri, tmp_path, "s", "bulk")
    assert type(open_study(uri, tmp_path, "s", "auto")._writer).__name__ == "ClientWriter"
    assert type(open_study(uri, tmp_path, "t", "auto")._writer).__name__ == "BulkWriter"


def test_run_ids_are_what_mlflow_takes_and_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []
    for moment in (1.7e9, 1.7e9 + 1, 2.5e9):
        monkeypatch.setattr(time, "time", lambda moment=moment: moment)
        ids.append(new_run_id())
    assert ids == sorted(ids)
    assert all(re.fullmatch("[0-9a-f]{32}", run_id) for run_id in ids)
    assert len({new_run_id() for _ in range(1000)}) == 1000


def test_pictures_take_the_disk_of_one(sqlite: str, tmp_path: Path) -> None:
    study = open_study(sqlite, tmp_path, "s", "bulk")
    study.log_all(contents(1))
    pictures = list((tmp_path / "artifacts").rglob("*.png"))
    assert len(pictures) == 2
    assert len({path.stat().st_ino for path in pictures}) == 1
