"""Which store and how to write to it, and checks that it can be opened before anything is computed."""

import re
import sqlite3
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from rmsprop_lab.errors import Found, InputError

KEY = "tracking.uri"
WRITERS = ("auto", "bulk", "client")
_DATABASES = ("postgresql", "mysql", "mssql", "sqlite")
_SCHEMES = "sqlite:////absolute/path.db, postgresql://..., http://... or https://..."
_SECONDS = 5


def default_uri(output_dir: str | Path) -> str:
    """One SQLite store below `output_dir` for all studies, by absolute path."""
    return f"sqlite:///{Path(output_dir).resolve() / 'mlflow.db'}"


def artifact_root(output_dir: str | Path) -> Path:
    """Where the default store keeps its artifacts."""
    return Path(output_dir).resolve() / "artifacts"


def sqlite_path(uri: str) -> Path | None:
    """The database file of an SQLite store; None for another kind."""
    return Path(uri.partition(":///")[2].partition("?")[0]) if uri.startswith("sqlite") else None


def is_database(uri: str) -> bool:
    """Whether it names a database, and no server."""
    return uri.partition(":")[0].partition("+")[0] in _DATABASES


def redacted(text: str) -> str:
    """The text with the password of every URI in it left out."""
    return re.sub(r"(://[^:/@\s]*:)[^@\s]+@", r"\1***@", text)


def check_uri(uri: object) -> None:
    """Raises `InputError` for a store that cannot be opened; creates nothing."""
    if not isinstance(uri, str) or "://" not in uri:
        raise InputError(KEY, _SCHEMES, uri, "Set tracking.uri=null for the store below output_dir.")
    scheme = uri.partition(":")[0].partition("+")[0]
    if scheme == "sqlite":
        _check_sqlite(uri)
    elif scheme in ("http", "https"):
        _check_server(uri)
    elif scheme in _DATABASES:
        _check_database(uri)
    else:
        change = "MLflow no longer takes a folder of files." if scheme == "file" else ""
        raise InputError(KEY, _SCHEMES, redacted(uri), change)


def _check_sqlite(uri: str) -> None:
    path = sqlite_path(uri)
    assert path is not None
    if not path.is_absolute():
        raise InputError(KEY, "an absolute path, sqlite:////...", uri, f"Try sqlite:///{path.resolve()}.")
    if path.is_dir() or not path.parent.is_dir():
        what = "a folder" if path.is_dir() else f"no folder {path.parent}"
        raise InputError(KEY, "a database file in a folder that exists", Found(what), "Create the folder first.")
    if path.exists():
        try:
            connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=_SECONDS)
            try:
                connection.execute("begin immediate")
                connection.execute("pragma user_version = 0")  # refused by one that is read-only; never committed
            finally:
                connection.close()
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return  # another process writes to it
            raise InputError(KEY, "an SQLite database that can be written", Found(f"{path} ({error})")) from None


def _check_server(uri: str) -> None:
    host = redacted(uri)
    try:
        with urllib.request.urlopen(f"{uri.rstrip('/')}/health", timeout=_SECONDS) as answer:
            answer.read(16)
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise InputError(
            KEY, "an MLflow server that answers", Found(f"{host} ({reason})"), "Start it, or set tracking=none."
        ) from None


def _check_database(uri: str) -> None:
    import sqlalchemy

    try:
        engine = sqlalchemy.create_engine(uri)
        with engine.connect():
            pass
        engine.dispose()
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        reason = str(error).strip().splitlines()[0]
        host = urlsplit(uri).hostname
        raise InputError(KEY, "a database that can be reached", Found(f"{host} ({redacted(reason)})")) from None
