"""What writing in bulk promises beyond the contract of a `Writer`."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from mlflow import MlflowClient
from support.writing import as_read, contents, open_study

from rmsprop_lab.tracking.owners import OWNER_TAG
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.writers import bulk as bulk_writer
from rmsprop_lab.tracking.writers.run_ids import new_run_id


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
    assert [entry.run_key for entry in other._writer.write(contents(12))] == [
        f"{10:064x}",
        f"{11:064x}",
    ]  # it had not asked meanwhile
    assert len(one.run_ids()) == 12
    assert len(list((tmp_path / "artifacts").iterdir())) == 12


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
