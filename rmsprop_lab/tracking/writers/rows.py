"""A run as rows of MLflow's tables, as `create_run`, `log_batch` and `set_terminated` of mlflow 3.17.2 write them."""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

from mlflow.entities import LifecycleStage, RunStatus, SourceType
from mlflow.store.db.base_sql_model import Base
from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlMetric, SqlParam, SqlRun, SqlTag
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NAME, MLFLOW_USER
from mlflow.utils.validation import _validate_metric_name, _validate_param, _validate_tag

from rmsprop_lab.tracking.content import RunContent

Row = tuple[Any, ...]

COLUMNS = {
    SqlRun: (
        *("run_uuid", "name", "source_type", "source_name", "entry_point_name", "user_id", "status", "start_time"),
        *("end_time", "deleted_time", "source_version", "lifecycle_stage", "artifact_uri", "experiment_id"),
    ),
    SqlParam: ("run_uuid", "key", "value"),
    SqlTag: ("run_uuid", "key", "value"),
    SqlMetric: ("run_uuid", "key", "value", "timestamp", "step", "is_nan"),
    SqlLatestMetric: ("run_uuid", "key", "value", "timestamp", "step", "is_nan"),
}
"""The tables that get rows, parents first, and their columns that get values; the others have defaults."""

_INFINITY = 1.7976931348623157e308  # MLflow's value for it


def rows_of(
    run_id: str, content: RunContent, tags: Mapping[str, str], experiment_id: int, artifact_uri: str, timestamp: int
) -> Iterator[tuple[type[Base], list[Row]]]:
    """The rows of one finished run, table by table; `timestamp` (ms) is that of all its metrics.

    Raises `MlflowException` for names that MLflow refuses.
    """
    yield SqlRun, [_run(run_id, content, tags, experiment_id, artifact_uri, timestamp)]
    yield SqlParam, [(run_id, given.key, given.value) for given in map(_validate_param, *_columns(content.params))]
    named = {**tags, MLFLOW_RUN_NAME: content.name}
    yield SqlTag, [(run_id, given.key, given.value) for given in map(_validate_tag, *_columns(named))]
    history: dict[Row, None] = {}  # MLflow stores equal rows once
    latest: dict[str, Row] = {}
    for name, given, step in content.points:
        value, is_nan = (given, False) if isfinite(given) else _stored(given)
        history[run_id, name, value, timestamp, step, is_nan] = None
        last = latest.get(name)
        if last is None or (step, value) > (last[4], last[2]):
            latest[name] = (run_id, name, value, timestamp, step, is_nan)
    for name in latest:
        _check_name(name)
    yield SqlMetric, list(history)
    yield SqlLatestMetric, list(latest.values())


@lru_cache(maxsize=1024)
def _check_name(name: str) -> None:
    _validate_metric_name(name)


def _run(
    run_id: str, content: RunContent, tags: Mapping[str, str], experiment_id: int, artifact_uri: str, timestamp: int
) -> Row:
    source, user = SourceType.to_string(SourceType.UNKNOWN), tags.get(MLFLOW_USER, "unknown")
    status = RunStatus.to_string(RunStatus.FINISHED)
    times = (*(content.computed or (timestamp, timestamp)), None)
    return (
        run_id,
        content.name,
        source,
        "",
        "",
        user,
        status,
        *times,
        "",
        LifecycleStage.ACTIVE,
        artifact_uri,
        experiment_id,
    )


def _columns(mapping: Mapping[str, str]) -> tuple[Iterable[str], Iterable[str]]:
    return mapping.keys(), mapping.values()


def _stored(value: float) -> tuple[float, bool]:
    """The number that MLflow stores for an infinity or NaN, and its column `is_nan`."""
    return (0.0, True) if math.isnan(value) else (math.copysign(_INFINITY, value), False)
