"""A store, opened: MLflow's settings, a new database that is there whole or not at all, and what fails in our words."""

import getpass
import logging
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

import sqlalchemy
from sqlalchemy.pool import NullPool

from rmsprop_lab.errors import Found, InputError, TrackingError
from rmsprop_lab.processes.locking import locked
from rmsprop_lab.tracking.held_store import Waiting, is_locked
from rmsprop_lab.tracking.moved import mend_places
from rmsprop_lab.tracking.owners import OWNER_TAG
from rmsprop_lab.tracking.redaction import redacted
from rmsprop_lab.tracking.uri import KEY, check_uri, is_database, sqlite_path

# MLflow reads these when it is imported or makes a request; what a user has set stays.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # two lines for each run sent to a server
# With MLflow's own values a server that is gone is noticed after four minutes, one that hangs after sixteen.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.tracking._tracking_service import utils as tracking_utils

_ADVICE = "(raised as a result of Query-invoked autoflush"  # SQLAlchemy's, to MLflow's authors


def open_store(uri: str, wait: float) -> MlflowClient:
    """The client of a store; an SQLite file that does not exist is created, one that was moved finds its files again.

    Args:
        uri: The store.
        wait: Seconds to wait for another process that creates or opens it, or holds the database.

    Raises:
        InputError: The store cannot be opened or has another schema (key `tracking.uri`).
        TrackingError: Another process keeps the database locked, or the disk is full.
    """
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what fails reaches the caller as an error
    checked = check_uri(uri)
    try:
        with _creation_lock(checked, wait):  # several processes that create one database at once all fail
            _create_whole(checked)
            client = _opened(checked, Waiting(sqlite_path(checked), wait))
            path = sqlite_path(checked)
            if path and mend_places(path):
                getattr(tracking_utils, "_artifact_repos_cache", {}).clear()  # MLflow's places of runs, in a notebook
            return client
    except (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise _not_opened(uri, error) from error
    except MlflowException as error:
        if isinstance(error.__cause__, sqlalchemy.exc.OperationalError):  # locked, full
            raise _not_opened(uri, error) from error
        reason, change = redacted(str(error)).splitlines()[0], ""
        if _has_another_schema(checked):
            reason = reason.partition(". ")[0]
            change = (
                "An older one is brought forward by 'mlflow db upgrade', after a backup; a newer one needs its mlflow."
            )
        raise InputError(
            KEY, f"a store that mlflow {mlflow.__version__} can read", Found(f"{redacted(uri)} ({reason})"), change
        ) from None


def _opened(uri: str, waiting: Waiting) -> MlflowClient:
    """The client of a store that answers, as soon as no other program holds it: MLflow would give up on its own."""
    while True:
        waiting.until_free()
        try:
            client = MlflowClient(tracking_uri=uri)
            client.search_experiments(max_results=1)
            return client
        except (sqlalchemy.exc.SQLAlchemyError, MlflowException) as error:
            if not is_locked(error):
                raise
            if waiting.is_over:  # held again, between two looks
                raise waiting.error() from error


def revision_of(uri: str) -> str | None:
    """The Alembic revision of a database's schema; None if it has none."""
    engine = sqlalchemy.create_engine(uri, poolclass=NullPool)
    with engine.connect() as connection:
        if not sqlalchemy.inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return revision


@contextmanager
def as_tracking_error(doing: str) -> Iterator[None]:
    """What MLflow, the database or the file system refuses becomes a `TrackingError` that begins with `doing`."""
    try:
        yield
    except (MlflowException, sqlalchemy.exc.SQLAlchemyError, OSError) as error:
        raise TrackingError(f"{doing}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    if is_locked(error):
        return "another program holds the store. End it, then give the same command again"
    lines = [line for line in redacted(str(error)).splitlines() if line.strip() and not line.startswith(_ADVICE)]
    return lines[0] if lines else type(error).__name__


def _not_opened(uri: str, error: Exception) -> TrackingError:
    line = _first_line(error)
    full = re.search("disk is full|No space left|File too large|quota exceeded", line)
    advice = ". Make room on the disk, then give the same command again" if full else ""
    return TrackingError(f"opening {redacted(uri)}: {line}{advice}")


def source_tags(owner: str) -> dict[str, str]:
    """The tags of program, user, git commit and owner, which `MlflowClient` does not set by itself."""
    tags = {"mlflow.source.name": "rmsprop-lab", "mlflow.source.type": "LOCAL", OWNER_TAG: owner}
    with suppress(KeyError, OSError):  # a container's user may have no name
        tags["mlflow.user"] = getpass.getuser()
    if git := shutil.which("git"):
        commit = subprocess.run(
            [git, "rev-parse", "HEAD"], capture_output=True, encoding="utf-8", errors="replace", check=False
        )
        if commit.returncode == 0:
            tags["mlflow.source.git.commit"] = commit.stdout.strip()
    return tags


def _has_another_schema(uri: str) -> bool:
    """Whether a database has the schema of another version of MLflow."""
    if not is_database(uri):
        return False
    from mlflow.store.db.utils import _get_latest_schema_revision  # private to MLflow; takes 0.3 s to import

    try:
        revision = revision_of(uri)
    except sqlalchemy.exc.SQLAlchemyError:
        return False
    return revision not in (None, _get_latest_schema_revision())


def _creation_lock(uri: str, wait: float) -> AbstractContextManager[None]:
    path = sqlite_path(uri)
    if path is None:
        return nullcontext()
    return locked(path.with_name(f"{path.name}.lock"), f"the store {path}", wait, TrackingError)


def _create_whole(uri: str) -> None:
    """Creates an SQLite store that does not exist under another name, and renames it when it is complete.

    One that is interrupted during MLflow's migrations can never be opened again.
    """
    path = sqlite_path(uri)
    if path is None or path.exists():
        return
    for left_behind in path.parent.glob(f".{path.name}.new*"):
        left_behind.unlink()
    new: Path = path.with_name(f".{path.name}.new")
    MlflowClient(tracking_uri=f"sqlite:///{new}").search_experiments(max_results=1)
    new.replace(path)
