"""Transactions on the database of an MLflow store."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.pool import NullPool

from rmsprop_lab.processes.deferred import deferred

_BUSY_TIMEOUT = 20_000  # ms that SQLite waits for another process's transaction, as in MLflow's own sessions
_CACHE_SIZE = 64 * 2**10  # KiB of SQLite pages; with the default of 2,000 the indexes of 10,000 runs do not fit


def engine_of(uri: str) -> Engine:
    """The engine of a database, whose transactions may write from their beginning."""
    engine = sqlalchemy.create_engine(uri, poolclass=NullPool)  # nothing stays open between batches
    if engine.dialect.name == "sqlite":
        sqlalchemy.event.listen(engine, "connect", _set_up_sqlite)
        sqlalchemy.event.listen(engine, "begin", _begin_immediate)
    return engine


@contextmanager
def transaction(engine: Engine, name: str) -> Iterator[Connection]:
    """Commits all or nothing; only one process at a time has a transaction of this name. Ctrl-C waits for its end."""
    with deferred(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(zlib.crc32(name.encode()))))
        yield connection


def _set_up_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # sqlite3 begins no transaction by itself
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT}")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_SIZE}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
