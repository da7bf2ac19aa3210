"""Where runs are logged: the URI of a store, and a check that it can be opened before anything is computed."""

import re
import sqlite3
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from rmsprop_lab.errors import Found, InputError

KEY = "tracking.uri"
WRITERS = ("auto", "bulk", "client")
_DATABASES = ("postgresql", "mysql", "mssql", "sqlite")
_SCHEMES = "sqlite:////absolute/path.db, postgresql://..., http://... or https://..."
_TIMEOUT = 5  # seconds that a store has to answer


class StoreUri(str):
    """The URI of a store that could be opened; made by `check_uri` alone."""

    __slots__ = ()


def default_uri(output_dir: str | Path) -> str:
    """The SQLite store of all studies below `output_dir`, by its absolute path."""
    return f"sqlite:///{Path(output_dir).resolve() / 'mlflow.db'}"


def artifact_root(output_dir: str | Path) -> Path:
    """The folder of the default store's artifacts."""
    return Path(output_dir).resolve() / "artifacts"


def sqlite_path(uri: str) -> Path | None:
    """The database file of an SQLite store; None for other stores."""
    return Path(uri.partition(":///")[2].partition("?")[0]) if uri.startswith("sqlite") else None


def is_database(uri: str) -> bool:
    """Whether the URI names a database rather than a server."""
    return uri.partition(":")[0].partition("+")[0] in _DATABASES


def redacted(text: str) -> str:
    """The text without the passwords of the URIs in it."""
    return re.sub(r"(://[^:/@\s]*:)[^@\s]+@", r"\1***@", text)


def check_uri(uri: object) -> StoreUri:
    """Opens a store once, without creating anything; a `StoreUri` is returned as it is.

    Raises:
        InputError: The store cannot be opened (key `tracking.uri`).
    """
    if isinstance(uri, StoreUri):
        return uri
    if not isinstance(uri, str) or "://" not in uri:
        raise InputError(KEY, _SCHEMES, uri, "Set tracking.uri=null for the store below output_dir.")
    scheme = uri.partition(":")[0].partition("+")[0]
    checks = {"sqlite": _check_sqlite, "http": _check_server, "https": _check_server}
    check = checks.get(scheme, _check_database if scheme in _DATABASES else None)
    if check is None:
        change = "MLflow no longer takes a folder of files." if scheme == "file" else ""
        raise InputError(KEY, _SCHEMES, redacted(uri), change)
    try:
        check(uri)
    except InputError:
        raise
    except (ValueError, OSError, HTTPException):  # a port that is no number, a space, a path that is too long
        raise InputError(KEY, _SCHEMES, Found(f"{redacted(uri)}, which cannot be read as an address")) from None
    return StoreUri(uri)


def _check_sqlite(uri: str) -> None:
    path = sqlite_path(uri)
    assert path is not None
    if not path.is_absolute():
        raise InputError(KEY, "an absolute path, sqlite:////...", uri, f"Try sqlite:///{path.resolve()}.")
    if path.is_dir() or not path.parent.is_dir():
        what = "a folder" if path.is_dir() else f"no folder {path.parent}"
        raise InputError(KEY, "a database file in a folder that exists", Found(what), "Create the folder first.")
    if path.exists() and not path.is_file():
        raise InputError(KEY, "a database file", Found(f"{path}, which is no regular file"))
    if path.exists():
        try:
            connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=_TIMEOUT)
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
        with urllib.request.urlopen(f"{uri.rstrip('/')}/health", timeout=_TIMEOUT) as answer:
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
