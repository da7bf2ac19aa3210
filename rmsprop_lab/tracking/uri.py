"""Where runs are logged: the URI of a store, and a check that it can be opened before anything is computed."""

import base64
import http.client
import os
import re
import sqlite3
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.errors import Found, InputError, shortened
from rmsprop_lab.tracking.redaction import redacted as redacted

KEY = "tracking.uri"
STORE = "mlflow.db"
"""The name of the store below `output_dir`."""
LOCAL = "local"
"""As `tracking.uri`: the store below `output_dir`, whatever the environment says."""
VARIABLE = "MLFLOW_TRACKING_URI"
"""MLflow's own setting; it names the store where `tracking.uri` does not."""
WRITERS = ("auto", "bulk", "client")
_DATABASES = ("postgresql", "mysql", "mssql", "sqlite")
_SCHEMES = "sqlite:////absolute/path.db, postgresql://..., http://... or https://..."
_TIMEOUT = 5  # seconds that a store has to answer


class StoreUri(str):
    """The URI of a store that could be opened; made by `check_uri` alone."""

    __slots__ = ()


def default_uri(output_dir: str | Path) -> str:
    """The SQLite store of all studies below `output_dir`, by its absolute path."""
    return f"sqlite:///{local_folder(output_dir).resolve() / STORE}"


def artifact_root(output_dir: str | Path) -> Path:
    """The folder of the default store's artifacts."""
    return local_folder(output_dir).resolve() / "artifacts"


def sqlite_path(uri: str) -> Path | None:
    """The database file of an SQLite store; None for other stores."""
    return Path(uri.partition(":///")[2].partition("?")[0]) if uri.startswith("sqlite") else None


def is_database(uri: str) -> bool:
    """Whether the URI names a database rather than a server."""
    return uri.partition(":")[0].partition("+")[0] in _DATABASES


def named_uri(given: object) -> str | None:
    """The store that a user names, in `tracking.uri` or in the environment; None for the one below `output_dir`.

    Args:
        given: `tracking.uri`; None if it is not given.
    """
    if given == LOCAL:
        return None
    return given if given is not None else os.environ.get(VARIABLE) or None  # type: ignore[return-value]


def check_uri(uri: object) -> StoreUri:
    """Opens a store once, without creating anything; a `StoreUri` is returned as it is.

    Raises:
        InputError: The store cannot be opened (key `tracking.uri`).
    """
    if isinstance(uri, StoreUri):
        return uri
    key = VARIABLE if uri == os.environ.get(VARIABLE) else KEY
    if not isinstance(uri, str) or "://" not in uri:
        found = Found("one without ://") if "@" in str(uri) else uri
        raise InputError(key, _SCHEMES, found, "Set tracking.uri=local for the store below output_dir.")
    # A folder may have a space in its name, and SQLite takes it as it is.
    white = r"[^\S ]|[\x00-\x1f\x7f]" if uri.startswith("sqlite") else r"[\s\x00-\x1f\x7f]"
    if re.search(white, uri) or re.search("://[^/?#]*@[^/?#]*@", uri):
        found = Found("one with white space or a second @ in it")
        raise InputError(key, _SCHEMES, found, "Write a space as %20, and an @ in a password as %40.")
    try:
        _check_answer(uri)
    except InputError as error:
        raise InputError(key, error.expected, error.found, error.change) from None
    except (ValueError, OSError, HTTPException):  # a port that is no number, a path that is too long
        raise InputError(key, _SCHEMES, Found(f"{redacted(uri)}, which cannot be read as an address")) from None
    return StoreUri(uri)


def _check_answer(uri: str) -> None:
    """Opens a store once; the key of an error is `tracking.uri`."""
    scheme = uri.partition(":")[0].partition("+")[0]
    checks = {"sqlite": _check_sqlite, "http": _check_server, "https": _check_server}
    check = checks.get(scheme, _check_database if scheme in _DATABASES else None)
    if check is None:
        change = "MLflow no longer takes a folder of files." if scheme == "file" else ""
        raise InputError(KEY, _SCHEMES, Found(f"a URI that begins with {shortened(redacted(scheme))}://"), change)
    check(uri)


def _check_sqlite(uri: str) -> None:
    path = sqlite_path(uri)
    assert path is not None
    if not path.is_absolute():
        raise InputError(KEY, "an absolute path, sqlite:////...", redacted(uri), f"Try sqlite:///{path.resolve()}.")
    if path.is_dir() or not path.parent.is_dir():
        what = "a folder" if path.is_dir() else f"no folder {path.parent}"
        raise InputError(KEY, "a database file in a folder that exists", Found(what), "Create the folder first.")
    if path.exists() and not path.is_file():
        raise InputError(KEY, "a database file", Found(f"{path}, which is no regular file"))
    if path.exists():
        try:
            connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=0)
            try:
                connection.execute("begin immediate")
                connection.execute("pragma user_version = 0")  # refused by one that is read-only; never committed
            finally:
                connection.close()
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return  # another program works with it; `open_store` waits, and says so
            raise InputError(KEY, "an SQLite database that can be written", Found(f"{path} ({error})")) from None


def _check_server(uri: str) -> None:
    host = redacted(uri)
    try:
        with urllib.request.urlopen(_health(uri), timeout=_TIMEOUT) as answer:
            answer.read(16)
    except (http.client.InvalidURL, ValueError):  # whose text quotes a part of the URI: it may be one of the password
        raise InputError(KEY, "an MLflow server", Found("a URI whose host or port is not valid")) from None
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        reason = redacted(str(getattr(error, "reason", error)))
        raise InputError(
            KEY, "an MLflow server that answers", Found(f"{host} ({reason})"), "Start it, or set tracking=none."
        ) from None


def _health(uri: str) -> urllib.request.Request:
    """The question whether a server is there. User and password go into a header: urllib takes them for the host."""
    parts = urlsplit(uri)
    userinfo, _, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(f"{parts.scheme}://{host}{parts.path.rstrip('/')}/health")
    if userinfo:
        request.add_unredirected_header(
            "Authorization", f"Basic {base64.b64encode(unquote(userinfo).encode()).decode()}"
        )
    return request


def _check_database(uri: str) -> None:
    import sqlalchemy

    try:
        engine = sqlalchemy.create_engine(uri)
        with engine.connect():
            pass
        engine.dispose()
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        reason = redacted(str(error).strip()).splitlines()[0]
        found = Found(f"{redacted(uri)} ({reason})")
        raise InputError(KEY, "a database that can be reached", found, _driver(uri, error)) from None
    except ValueError:  # as above
        raise InputError(KEY, "a database that can be reached", Found("a URI whose port is no number")) from None


def _driver(uri: str, error: Exception) -> str:
    """How to install the package that a database needs, if that is what is missing."""
    if not isinstance(error, ModuleNotFoundError):
        return ""
    if error.name == "psycopg":
        return "Install it: pip install 'rmsprop-lab[postgresql]'."
    if uri.startswith("postgresql:"):  # SQLAlchemy's own choice
        return "Write postgresql+psycopg://..., after pip install 'rmsprop-lab[postgresql]'."
    return f"Install the package that brings {error.name}, or choose another driver."
