"""The audit finds what is changed by hand in a whole study, and calls it by its name."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from faults.audit import Place
from faults.ground import Ground


def _part(place: Place, table: str) -> Path:
    return min((place.output / place.name / f"{table}.parquet").glob("part-*"))


def _rewritten(place: Place, table: str, change: Callable[[pa.Table], pa.Table]) -> None:
    path = _part(place, table)
    pq.write_table(change(pq.read_table(path)), path)


def _sql(statement: str) -> Callable[[Place], None]:
    def change(place: Place) -> None:
        with sqlite3.connect(place.database) as store:
            assert store.execute(statement).rowcount > 0
        store.close()

    return change


def _other_gap(table: pa.Table) -> pa.Table:
    index = table.schema.get_field_index("final_gap")
    return table.set_column(index, "final_gap", pc.add(table["final_gap"], 1e-9))


_ONE_RUN = "(select min(run_uuid) from runs where experiment_id = 1)"
CHANGES: dict[str, tuple[Callable[[Place], object], str]] = {
    "a part is lost": (lambda place: _part(place, "runs").unlink(), "lost"),
    "a part of traces is lost": (lambda place: _part(place, "traces").unlink(), "lost"),
    "a row is there twice": (lambda place: _rewritten(place, "trials", lambda t: pa.concat_tables([t, t])), "doubled"),
    "a value differs": (lambda place: _rewritten(place, "runs", _other_gap), "different"),
    "a temporary file": (lambda place: (place.output / place.name / ".runs.tmp").touch(), "half-written"),
    "artifacts of no run": (lambda place: (place.artifacts / ("0" * 32)).mkdir(), "half-written"),
    "a file is lost": (lambda place: min(place.artifacts.glob("*/artifacts/config.yaml")).unlink(), "half-written"),
    "a table is lost": (lambda place: min((place.output / place.name / "tables").glob("*.csv")).unlink(), "lost"),
    "a run is deleted": (_sql(f"update runs set lifecycle_stage = 'deleted' where run_uuid = {_ONE_RUN}"), "lost"),
    "a run is unfinished": (_sql(f"update runs set status = 'RUNNING' where run_uuid = {_ONE_RUN}"), "half-written"),
    "two runs of one key": (
        _sql(f"update tags set value = (select value from tags where key = 'run_key' and run_uuid = {_ONE_RUN})"
             " where key = 'run_key' and run_uuid = (select max(run_uuid) from runs where experiment_id = 1)"),
        "doubled",
    ),
    "metrics are lost": (_sql(f"delete from metrics where run_uuid = {_ONE_RUN} and step > 5"), "half-written"),
    "a param is lost": (_sql(f"delete from params where run_uuid = {_ONE_RUN} and key = 'dim'"), "half-written"),
    "a number differs": (_sql("update latest_metrics set value = value + 1e-9 where key = 'final/gap'"), "stale"),
    "the page is lost": (_sql("delete from experiment_tags where key = 'mlflow.note.content'"), "half-written"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found(ground: Ground, name: str) -> None:
    change, kind = CHANGES[name]
    case = ground.done("bulk", f"audit-{name.replace(' ', '-')}")
    change(case.place)
    case.audit(ended=True)
    assert case.findings[-1].found[kind], str(case.findings[-1])


@pytest.mark.slow
def test_nothing_is_found_in_a_copy(ground: Ground) -> None:
    case = ground.done("bulk", "audit-copy")
    case.audit(ended=True)
    assert not case.findings[-1], str(case.findings[-1])
