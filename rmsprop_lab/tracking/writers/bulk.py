"""Writing many runs in one transaction, into the tables of MLflow's database.

These tables are private to MLflow: only tested schemas are written to, and tests compare the rows with the client's.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy
from mlflow.entities import LifecycleStage, RunStatus
from mlflow.environment_variables import MLFLOW_ENABLE_WORKSPACES
from mlflow.exceptions import MlflowException
from mlflow.store.db.base_sql_model import Base
from mlflow.store.tracking.dbmodels.models import SqlExperiment, SqlLatestMetric, SqlMetric, SqlParam, SqlRun, SqlTag
from mlflow.utils.uri import append_to_uri_path
from sqlalchemy import Connection, Select, delete, select
from sqlalchemy.orm import aliased

from rmsprop_lab.plan.scores import MEASURES_VERSION
from rmsprop_lab.tracking.content import MISSING_PARAM, RunContent
from rmsprop_lab.tracking.owners import OWNER_TAG
from rmsprop_lab.tracking.store import revision_of
from rmsprop_lab.tracking.writers.artifacts import UnfinishedFiles, files_of, write_files
from rmsprop_lab.tracking.writers.held import Held, sizes_below
from rmsprop_lab.tracking.writers.protocol import MEASURES_TAG, Entry, all_tags, note_of, now
from rmsprop_lab.tracking.writers.rows import COLUMNS, Row, rows_of
from rmsprop_lab.tracking.writers.run_ids import new_run_id
from rmsprop_lab.tracking.writers.transaction import engine_of, transaction

SCHEMAS = ("dc11669786a5",)  # mlflow 3.17
"""The tested schemas: Alembic revisions of a store's database."""

_MOST_PARAMETERS = 10_000  # of one query; PostgreSQL takes 65,535
_FINISHED = RunStatus.to_string(RunStatus.FINISHED)
_ADD_PARAM = sqlalchemy.text(  # another process may have added it meanwhile
    "INSERT INTO params (run_uuid, key, value) VALUES (:run_id, :name, :text) ON CONFLICT DO NOTHING"
)
_SET_TAG = sqlalchemy.text(
    "INSERT INTO tags (run_uuid, key, value) VALUES (:run_id, :name, :text) "
    "ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True)
class Obstacle:
    """Why the bulk writer cannot write to a store."""

    reason: str

    def __str__(self) -> str:
        return self.reason


class UnknownSchema(Obstacle):
    """The store's schema was not tested."""


def why_not(uri: str) -> Obstacle | None:
    """What keeps the bulk writer from writing to an open store; None if nothing does."""
    kind = uri.partition(":")[0].partition("+")[0]
    if kind not in ("sqlite", "postgresql"):
        return Obstacle(f"{kind} is not written to directly, only SQLite and PostgreSQL are")
    if MLFLOW_ENABLE_WORKSPACES.get():
        return Obstacle("MLflow's workspaces are switched on")
    driver = sqlalchemy.make_url(uri).get_driver_name()
    if driver not in ("pysqlite", "psycopg"):
        return Obstacle(f"the driver {driver} is not psycopg")
    revision = revision_of(uri)
    return (
        None if revision in SCHEMAS else UnknownSchema(f"the store's schema {revision} is not one it was tested with")
    )


class BulkWriter:
    """Writes to one experiment whose artifact `location` is the folder `root` of this machine.

    The transaction that inserts a run looks for its `run_key` first: processes that share no lock never double a run.
    """

    def __init__(
        self, uri: str, experiment_id: str, location: str, root: Path, owner: str, common_tags: dict[str, str]
    ) -> None:
        self._engine, self._experiment_id = engine_of(uri), int(experiment_id)
        self._location, self._root, self._common_tags = location, root, common_tags
        self._unfinished = UnfinishedFiles(root, owner)

    def entries(self, hyperparameters: Sequence[str]) -> list[Entry]:
        self._unfinished.sweep(self._existing)
        with self._transaction() as connection:
            rows = connection.execute(self._selected()).all()
            lacking = self._lacking(connection, hyperparameters)
        return [_entry(row)._replace(lacks=tuple(lacking.get(row[1], ()))) for row in rows]

    def news(self, keys: Collection[str], known: Mapping[str, str]) -> list[Entry]:
        query, rows = self._selected().where(SqlRun.status == _FINISHED), list[Any]()
        with self._transaction() as connection:
            for some in _slices(keys):
                rows += connection.execute(query.where(SqlTag.value.in_(some)))
        return [_entry(row) for row in rows]

    def active(self, run_ids: Collection[str]) -> set[str]:
        query, found = self._runs(SqlRun.run_uuid), set[str]()
        with self._transaction() as connection:
            for some in _slices(run_ids):
                found.update(connection.scalars(query.where(SqlRun.run_uuid.in_(some))))
        return found

    def add_params(self, missing: Iterable[tuple[str, str]]) -> None:
        rows = [{"run_id": run_id, "name": name, "text": MISSING_PARAM} for run_id, name in missing]
        if rows:
            with self._transaction() as connection:
                connection.execute(_ADD_PARAM, rows)

    def tag(self, name: str, values: Mapping[str, str]) -> None:
        there = self.active(values) if values else set()
        rows = [{"run_id": run_id, "name": name, "text": values[run_id]} for run_id in sorted(there)]
        if rows:
            with self._transaction() as connection:
                connection.execute(_SET_TAG, rows)

    def write(self, contents: Sequence[RunContent]) -> Iterator[Entry]:
        runs = {new_run_id(): content for content in contents}
        self._unfinished.announce(runs)
        try:
            for run_id, content in runs.items():
                write_files(self._root / run_id / "artifacts", files_of(content))
            with self._transaction() as connection:
                new, timestamp = self._new(connection, runs), now()
                self._insert_runs(connection, new, timestamp)
        except BaseException:
            with suppress(sqlalchemy.exc.SQLAlchemyError):  # if this fails, the next command removes the files
                self._unfinished.sweep(self._existing)
            raise
        self._unfinished.sweep(self._existing)
        alike = (True, self._common_tags[OWNER_TAG], (), str(MEASURES_VERSION))
        for run_id, content in new.items():
            yield Entry(content.run_key, run_id, (content.computed or (timestamp,))[0], *alike)

    def renew(self, run_id: str, content: RunContent) -> None:
        tags = all_tags(content, {}) | note_of(content, run_id)
        rows = dict(rows_of(run_id, content, tags, self._experiment_id, "", now()))
        with self._transaction() as connection:
            for model in (SqlMetric, SqlLatestMetric, SqlTag):
                old: Any = delete(model).where(model.run_uuid == run_id)
                replaced = [key for _, key, _ in rows[SqlTag]]
                connection.execute(old.where(SqlTag.key.in_(replaced)) if model is SqlTag else old)
                _insert(connection, model, rows[model])

    def held(self, run_ids: Collection[str]) -> dict[str, Held]:
        steps: dict[str, dict[str, set[int]]] = {run_id: {} for run_id in run_ids}
        texts = {
            model: {run_id: dict[str, str]() for run_id in run_ids} for model in (SqlLatestMetric, SqlParam, SqlTag)
        }
        with self._transaction() as connection:
            for run_id, name, step in connection.execute(_of(SqlMetric, run_ids, SqlMetric.step)):
                steps[run_id].setdefault(name, set()).add(step)
            for model, found in texts.items():
                for run_id, name, text in connection.execute(_of(model, run_ids, model.value)):
                    found[run_id][name] = text
        latest, params, tags = texts.values()
        sizes = {run_id: sizes_below(self._root / run_id / "artifacts") for run_id in run_ids}
        return {key: Held(steps[key], latest[key], params[key], tags[key], sizes[key]) for key in run_ids}

    def restore(self, run_id: str, content: RunContent, held: Held) -> None:
        write_files(self._root / run_id / "artifacts", held.lost_files(content))
        rows = dict(rows_of(run_id, content, self.tags_of(run_id, content), self._experiment_id, "", now()))
        params = held.lost_params(content)
        lost = {
            SqlMetric: [row for row in rows[SqlMetric] if row[4] not in held.steps.get(row[1], ())],
            SqlLatestMetric: [row for row in rows[SqlLatestMetric] if row[1] not in held.latest],
            SqlParam: [row for row in rows[SqlParam] if row[1] in params],
            SqlTag: [row for row in rows[SqlTag] if row[1] not in held.tags],
        }
        with self._transaction() as connection:
            replaced: Any = delete(SqlParam).where(SqlParam.run_uuid == run_id)
            connection.execute(replaced.where(SqlParam.key.in_(params)))
            for model, found in lost.items():
                _insert(connection, model, found)

    def tags_of(self, run_id: str, content: RunContent) -> dict[str, str]:
        return all_tags(content, self._common_tags) | note_of(content, run_id)

    def _new(self, connection: Connection, runs: Mapping[str, RunContent]) -> dict[str, RunContent]:
        """The runs whose key no finished run has."""
        stage: Any = select(SqlExperiment.lifecycle_stage).where(SqlExperiment.experiment_id == self._experiment_id)
        if connection.scalar(stage) != LifecycleStage.ACTIVE:
            raise MlflowException("the experiment has been deleted")
        keys = [content.run_key for content in runs.values()]
        finished: Any = SqlRun.status == _FINISHED
        present = set(connection.scalars(self._runs(SqlTag.value).where(finished, SqlTag.value.in_(keys))))
        return {run_id: content for run_id, content in runs.items() if content.run_key not in present}

    def _insert_runs(self, connection: Connection, runs: Mapping[str, RunContent], timestamp: int) -> None:
        tables = defaultdict[type[Base], list[Row]](list)
        for run_id, content in runs.items():
            tags = self.tags_of(run_id, content)
            uri = append_to_uri_path(self._location, run_id, "artifacts")
            for model, rows in rows_of(run_id, content, tags, self._experiment_id, uri, timestamp):
                tables[model] += rows
        for model in COLUMNS:
            _insert(connection, model, tables[model])

    def _selected(self) -> Select[Any]:
        """Selects what `_entry` takes."""
        owners, versions = aliased(SqlTag), aliased(SqlTag)
        columns = (SqlRun.run_uuid, SqlRun.start_time, SqlRun.status, owners.value, versions.value)
        query = self._runs(SqlTag.value, *columns)
        for tags, key in ((owners, OWNER_TAG), (versions, MEASURES_TAG)):
            query = query.outerjoin(tags, (tags.run_uuid == SqlRun.run_uuid) & (tags.key == key))
        return query

    def _runs(self, *columns: Any) -> Select[Any]:
        """Selects from the active runs of the experiment with a `run_key`, which is `SqlTag.value`."""
        return (
            select(*columns)
            .select_from(SqlRun)
            .join(SqlTag, (SqlTag.run_uuid == SqlRun.run_uuid) & (SqlTag.key == "run_key"))
            .where(SqlRun.experiment_id == self._experiment_id, SqlRun.lifecycle_stage == LifecycleStage.ACTIVE)
        )

    def _lacking(self, connection: Connection, hyperparameters: Sequence[str]) -> dict[str, list[str]]:
        lacking = defaultdict[str, list[str]](list)
        for name in hyperparameters:
            has = select(SqlParam.key).where(SqlParam.run_uuid == SqlRun.run_uuid, SqlParam.key == name).exists()
            for run_id in connection.scalars(self._runs(SqlRun.run_uuid).where(~has)):
                lacking[run_id].append(name)
        return lacking

    def _existing(self, run_ids: Collection[str]) -> set[str]:
        with self._transaction() as connection:
            return set(connection.scalars(select(SqlRun.run_uuid).where(SqlRun.run_uuid.in_(run_ids))))

    def _transaction(self) -> AbstractContextManager[Connection]:
        return transaction(self._engine, f"rmsprop-lab {self._experiment_id}")


def _entry(row: Sequence[Any]) -> Entry:
    key, run_id, started, status, owner, measures = row
    return Entry(key, run_id, started, status == _FINISHED, owner or "", measures=measures or "")


def _slices(values: Collection[str]) -> Iterator[Sequence[str]]:
    """Values in parts that one query takes."""
    ordered = sorted(values)
    return (ordered[low : low + _MOST_PARAMETERS] for low in range(0, len(ordered), _MOST_PARAMETERS))


def _of(model: Any, run_ids: Collection[str], column: Any) -> Select[Any]:
    """Selects run id, name and a column of the metrics, params or tags of runs."""
    return select(model.run_uuid, model.key, column).where(model.run_uuid.in_(run_ids))


def _insert(connection: Connection, model: type[Base], rows: Sequence[Row]) -> None:
    """Inserts by the fastest way of each driver: a tenth of the time of SQLAlchemy's insert."""
    if not rows:
        return
    table, columns = model.__tablename__, COLUMNS[model]
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    else:
        cursor: Any = connection.connection.cursor()
        try:
            with cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        except connection.dialect.loaded_dbapi.Error as error:  # not through SQLAlchemy, so not one of its errors
            raise MlflowException(str(error)) from error
