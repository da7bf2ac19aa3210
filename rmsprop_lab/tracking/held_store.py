"""An SQLite store that another program holds: whoever opens it is told, and waits as long as for any other lock."""

import sqlite3
import time
import warnings
from contextlib import closing
from pathlib import Path

from rmsprop_lab.errors import TrackingError, WaitingWarning

_QUIET = 1.5  # seconds of waiting that nobody needs to be told about
_LOOK = 0.1  # seconds; SQLite itself waits deaf to Ctrl-C
_LOCKED = ("database is locked", "database table is locked", "database schema is locked")


class Waiting:
    """The time that opening one store may take.

    Args:
        path: The database; None for a store that is none of SQLite's, which waits for nothing.
        wait: Seconds to wait; infinity to wait for ever.
    """

    def __init__(self, path: Path | None, wait: float) -> None:
        self._path, self._wait, self._began, self._told = path, wait, time.monotonic(), False

    @property
    def is_over(self) -> bool:
        """Whether the time has passed."""
        return time.monotonic() - self._began >= self._wait

    def until_free(self) -> None:
        """Returns when the store can be written. Says once that it waits.

        Raises:
            TrackingError: Another program still holds it when the time has passed.
        """
        while self._path and _is_held(self._path):
            if self.is_over:
                raise self.error()
            if not self._told and time.monotonic() - self._began >= _QUIET:
                self._told = True
                warnings.warn(f"waiting for the store {self._path}, held by another program", WaitingWarning, 5)
            time.sleep(_LOOK)

    def error(self) -> TrackingError:
        """What is said of a store that was not free in time."""
        return TrackingError(
            f"the store {self._path} is still held by another program, after {self._wait:g} s of waiting. End what "
            "holds it, then give the same command again; limits.wait sets how long to wait"
        )


def is_locked(error: BaseException) -> bool:
    """Whether an error, of SQLite or of a library above it, says that another program holds the database."""
    return any(words in str(error) for words in _LOCKED)


def _is_held(path: Path) -> bool:
    """Whether another connection writes to a database, or keeps others from reading it."""
    if not path.exists():
        return False
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)
        ) as database:
            database.execute("begin immediate")
            database.execute("rollback")
    except sqlite3.Error as error:
        return is_locked(error)  # what else is wrong with it is said when it is opened
    return False
