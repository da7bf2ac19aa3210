"""Who opens an SQLite store that another program holds waits as long as `limits.wait` says, and is told."""

import sqlite3
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy

from rmsprop_lab.errors import TrackingError, WaitingWarning
from rmsprop_lab.tracking import held_store, store
from rmsprop_lab.tracking.store import as_tracking_error, open_store
from rmsprop_lab.tracking.uri import default_uri

KINDS = pytest.mark.parametrize("kind", ["exclusive", "immediate"])


@contextmanager
def holding(path: Path, kind: str, seconds: float = 600.0) -> Iterator[None]:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute(f"begin {kind}")
    timer = threading.Timer(seconds, database.close)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        database.close()


@pytest.mark.slow
@KINDS
@pytest.mark.parametrize("wait", [0.0, 1.0, 3.0])
def test_it_gives_up_after_the_time_that_was_set(outputs: Path, kind: str, wait: float) -> None:
    began = time.monotonic()
    with warnings.catch_warnings(record=True) as told, holding(outputs / "mlflow.db", kind):
        warnings.simplefilter("always")
        with pytest.raises(TrackingError, match=r"held by another program, after .* limits.wait") as error:
            open_store(default_uri(outputs), wait)
    assert wait <= time.monotonic() - began < wait + 2.0
    assert "sqlite3" not in str(error.value)
    waits = [str(one.message) for one in told if one.category is WaitingWarning]
    assert len(waits) == (wait > held_store._QUIET)


@KINDS
def test_it_goes_on_when_the_store_is_free(outputs: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_store, "_QUIET", 0.1)
    with holding(outputs / "mlflow.db", kind, 1.0), pytest.warns(WaitingWarning, match="waiting for the store .*db"):
        assert open_store(default_uri(outputs), 60.0).search_experiments(max_results=1)


def test_a_store_that_is_held_again_between_two_looks_is_waited_for_too(
    outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, tries = store.MlflowClient, []

    def busy_twice(**given: str) -> object:
        tries.append(given)
        if len(tries) < 3:
            raise sqlalchemy.exc.OperationalError("", None, sqlite3.OperationalError("database is locked"))
        return client(**given)

    monkeypatch.setattr(store, "MlflowClient", busy_twice)
    open_store(default_uri(outputs), 60.0)
    assert len(tries) == 3
    tries.clear()
    with pytest.raises(TrackingError, match=r"limits\.wait"):
        open_store(default_uri(outputs), 0.0)


def test_a_write_that_the_holder_keeps_out_is_told_in_words() -> None:
    with (
        pytest.raises(TrackingError, match=r"^logging runs: another program holds the store"),
        as_tracking_error("logging runs"),
    ):
        raise sqlalchemy.exc.OperationalError("select 1", None, sqlite3.OperationalError("database is locked"))
