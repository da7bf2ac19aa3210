"""Transactions of the bulk writer leave no lock behind, wherever a signal comes."""

import os
import signal
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy
from mlflow import MlflowClient
from support.writing import contents, open_study

from rmsprop_lab.tracking.uri import default_uri
from rmsprop_lab.tracking.writers import transaction

ROWS = 20_000


def free(path: Path) -> bool:
    """Whether a database takes a writer now."""
    other = sqlite3.connect(path, timeout=0.0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


def rows(number: int):
    """Rows for a table with two columns; a signal comes while they are inserted."""
    for row in range(ROWS):
        if row == ROWS // 2:
            os.kill(os.getpid(), number)
        yield row, str(row)


def raises(number: int, frame: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def handlers():
    before = {number: signal.signal(number, raises) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_amid_a_statement_leaves_the_store_free(tmp_path: Path, number: int) -> None:
    path = tmp_path / "any.db"
    engine = transaction.engine_of(f"sqlite:///{path}")
    with transaction.transaction(engine, "s") as connection:
        connection.exec_driver_sql("CREATE TABLE t (a, b)")
    try:
        with transaction.transaction(engine, "s") as connection:
            connection.connection.cursor().executemany("INSERT INTO t VALUES (?, ?)", rows(number))
            assert not free(path)
    except KeyboardInterrupt as stop:  # held here, and with it the frames that have the cursor
        assert free(path), stop
    else:
        pytest.fail("the signal was lost")
    with transaction.transaction(engine, "s") as connection:
        assert connection.scalar(sqlalchemy.text("SELECT count(*) FROM t")) == ROWS
    assert signal.getsignal(number) is raises


@pytest.mark.usefixtures("handlers")
def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    engine = transaction.engine_of(f"sqlite:///{tmp_path}/any.db")
    done = []
    with pytest.raises(KeyboardInterrupt), transaction.transaction(engine, "s"):
        os.kill(os.getpid(), signal.SIGINT)
        done.append(1)
        os.kill(os.getpid(), signal.SIGINT)
        done.append(2)
    assert done == [1]


@pytest.mark.usefixtures("handlers")
def test_a_run_that_the_client_logs_is_whole(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = open_study(default_uri(outputs), outputs, "s", "client")
    log_batch = MlflowClient.log_batch

    def signalled(*given: object, **named: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        log_batch(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, "log_batch", signalled)
        with pytest.raises(KeyboardInterrupt):
            study.log_all(contents(1))
    assert free(outputs / "mlflow.db")
    assert open_study(default_uri(outputs), outputs, "s", "client").log_all(contents(2)) == 1


@pytest.mark.usefixtures("handlers")
def test_a_batch_that_a_signal_comes_into_is_whole(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = open_study(default_uri(outputs), outputs, "s", "bulk")
    sent = []

    def signalled(connection, cursor, statement: str, *others: object) -> None:
        if statement.startswith("INSERT INTO runs") and not sent:
            sent.append(os.kill(os.getpid(), signal.SIGINT))

    sqlalchemy.event.listen(study._writer._engine, "before_cursor_execute", signalled)  # type: ignore[attr-defined]
    monkeypatch.setattr(transaction, "_BUSY_TIMEOUT", 0)  # whoever had to wait would fail
    with pytest.raises(KeyboardInterrupt):
        study.log_all(contents(3))
    assert open_study(default_uri(outputs), outputs, "s", "bulk").log_all(contents(3)) == 0
