"""Opening a store: MLflow's settings, and a new database that is there whole or not at all."""

import logging
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import filelock

from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.tracking.uri import KEY, check_uri, redacted, sqlite_path

# Read when MLflow is imported or a request is made; what a user has set stays.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # two lines a run that goes to a server
# By MLflow's own settings a server that is gone is noticed after four minutes, one that hangs after sixteen.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")

import mlflow
import mlflow.exceptions
from mlflow import MlflowClient


def open_store(uri: str) -> MlflowClient:
    """The client of a store, which is created if it is an SQLite file that is not there.

    Raises `InputError` (key `tracking.uri`) for one that cannot be opened or has another schema.
    """
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what fails reaches the caller as an error
    check_uri(uri)
    try:
        with _creation_lock(uri):  # several processes opening a fresh database at once all fail
            _create_whole(uri)
            client = MlflowClient(tracking_uri=uri)
            client.search_experiments(max_results=1)
    except mlflow.exceptions.MlflowException as error:
        reason, change = redacted(str(error)).splitlines()[0], ""
        if "schema" in reason:
            reason = reason.partition(". ")[0]
            change = (
                "An older one is brought forward by 'mlflow db upgrade', after a backup; a newer one needs its mlflow."
            )
        raise InputError(
            KEY, f"a store that mlflow {mlflow.__version__} can read", Found(f"{redacted(uri)} ({reason})"), change
        ) from None
    return client


def _creation_lock(uri: str) -> AbstractContextManager[Any]:
    path = sqlite_path(uri)
    return nullcontext() if path is None else filelock.FileLock(f"{path}.lock")


def _create_whole(uri: str) -> None:
    """A new SQLite store under another name, renamed when it is complete: one that is cut off half-way through
    MLflow's migrations could never be opened again."""
    path = sqlite_path(uri)
    if path is None or path.exists():
        return
    for left_behind in path.parent.glob(f".{path.name}.new*"):
        left_behind.unlink()
    new: Path = path.with_name(f".{path.name}.new")
    MlflowClient(tracking_uri=f"sqlite:///{new}").search_experiments(max_results=1)
    new.replace(path)
