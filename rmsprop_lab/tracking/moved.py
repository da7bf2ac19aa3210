"""The store below a folder that was moved or copied: MLflow keeps the places of all files as absolute paths.

What is written are tables that are private to MLflow, but nothing of them except the beginnings of those paths, and the
tags that say whose folder it is.
"""

import os
import socket
import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.request import url2pathname

from rmsprop_lab.errors import TrackingWarning
from rmsprop_lab.tracking.owners import FOLDER_TAG, OWNER_TAG, former_owner, owner_of, place_of
from rmsprop_lab.tracking.uri import STORE, artifact_root
from rmsprop_lab.tracking.writers.artifacts import hand_over, local_root

PATHS = (
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
    ("trace_tags", "value"),
)
"""Tables and columns with paths below the `artifact_location` of an experiment."""

_BUSY = 20.0  # seconds to wait for another process's transaction, as in MLflow's own sessions
_HOMES = (
    "select distinct artifact_location from experiments union "
    "select distinct substr(artifact_uri, 1, length(artifact_uri) - length(run_uuid) - 11) from runs "
    "where artifact_uri like '%/' || run_uuid || '/artifacts'"
)


class _Change(NamedTuple):
    table: str
    column: str
    row: int
    text: str


def mend_places(path: Path) -> bool:
    """Has a store that lies beside its artifacts say where these are now, if its folder was moved or copied.

    Nothing changes unless files that it names elsewhere are found here. A path stays if its file is at the old place
    alone. What other folders log to this store is theirs and stays too.

    Args:
        path: The database, of SQLite.

    Returns:
        Whether a path changed.

    Raises:
        sqlite3.Error: Another program holds the database, or it cannot be written.
    """
    root = artifact_root(path.parent)
    if path.name != STORE or not root.is_dir():
        return False
    with closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY, isolation_level=None)
    ) as database:
        if not any(_changes(database, home, root) for home in _strays(database, root)):
            return False
        database.execute("begin immediate")
        handed, count = dict[str, str](), 0
        for home in _strays(database, root):  # again: another process may have mended it meanwhile
            changes = _changes(database, home, root)
            if changes:
                handed |= _hand_over(database, home, path.parent)
            for table, column, row, text in changes:
                database.execute(f"update {table} set {column} = ? where rowid = ?", (text, row))
            count += sum(change.table == "runs" for change in changes)
        database.execute("commit")
    for old, new in handed.items():
        hand_over(root, old, new)
    if count:
        told = f"{path.parent} was moved or copied; the files of {count} {'run' if count == 1 else 'runs'} in its store"
        warnings.warn(f"{told} are found there again", TrackingWarning, stacklevel=5)
    return True


def lost_files(path: Path) -> str:
    """A sentence on files that are not where a store says, as it was moved without them; empty if none are lost."""
    root = artifact_root(path.parent)
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY)) as database:
        lost = [place for home in _strays(database, root) if (place := local_root(home)) and not place.exists()]
    if path.name != STORE or not lost:
        return ""
    return f"The files of some runs lay in {lost[0]}, which is not there: put them into {root}, then start this again."


def is_copy(path: Path, home: Path, experiment_id: str) -> bool:
    """Whether a store is a copy of the one beside the folder `home`: both have the same experiment."""
    original = home.parent / STORE
    if not original.is_file() or is_same(original, path):
        return False
    query = "select creation_time from experiments where experiment_id = ?"
    found = []
    with suppress(sqlite3.Error):  # no store
        for one in (path, original):
            with closing(sqlite3.connect(f"{one.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY)) as database:
                found.append(database.execute(query, (experiment_id,)).fetchone())
    return len(found) == 2 and found[0] == found[1] is not None


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file or folder, which exists."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def _strays(database: sqlite3.Connection, root: Path) -> list[str]:
    """The artifact folders, as MLflow writes them, that are of this machine and not the store's own."""
    found = []
    for (home,) in database.execute(_HOMES).fetchall():
        place = local_root(home or "")
        if place and place.name == root.name and place != root and not is_same(place, root):
            found.append(home)
    return found


def _changes(database: sqlite3.Connection, home: str, root: Path) -> list[_Change]:
    """What is to be written of the paths below `home`: nothing, unless some of their files are in `root`."""
    prefix, is_uri = f"{home}/", home.startswith("file:")
    moved, seen, found_here = list[_Change](), 0, False
    new = root.as_uri() if is_uri else str(root)
    for table, column in _there(database):
        query = f"select rowid, {column} from {table} where substr({column}, 1, ?) = ?"
        for row, text in database.execute(query, (len(prefix), prefix)).fetchall():
            rest = text[len(prefix) :]
            below = Path(url2pathname(rest) if is_uri else rest)
            if ".." in below.parts or below.is_absolute():
                continue
            is_here, seen = os.path.lexists(root / below), seen + 1
            found_here |= is_here
            if is_here or not os.path.lexists((local_root(home) or root) / below):
                moved.append(_Change(table, column, row, f"{new}/{rest}"))
    if not (found_here or (not seen and _is_ours_and_gone(database, local_root(home) or root))):
        return []
    experiments = database.execute("select experiment_id from experiments where artifact_location = ?", (home,))
    return [*moved, *(_Change("experiments", "artifact_location", row, new) for (row,) in experiments.fetchall())]


def _is_ours_and_gone(database: sqlite3.Connection, place: Path) -> bool:
    """Whether a folder is no longer there beside which there was one of our studies, by its tag."""
    query = "select key, value from experiment_tags where substr(key, 1, ?) = ?"
    tags = database.execute(query, (len(FOLDER_TAG), FOLDER_TAG)).fetchall()
    return not os.path.lexists(place) and any(
        key == f"{FOLDER_TAG}{former_owner(text, place.parent)[1]}" for key, text in tags
    )


def _there(database: sqlite3.Connection) -> Iterator[Sequence[str]]:
    """Those of `PATHS` that the store's schema has."""
    for table, column in PATHS:
        if column in {row[1] for row in database.execute(f"pragma table_info({table})")}:
            yield table, column


def _hand_over(database: sqlite3.Connection, home: str, folder: Path) -> dict[str, str]:
    """Makes what belonged to the studies beside `home` belong to those in `folder`; their new owners by the old."""
    old_place = (local_root(home) or folder).parent
    handed: dict[str, str] = {}
    for number, name in database.execute("select experiment_id, name from experiments").fetchall():
        tags = dict(database.execute("select key, value from experiment_tags where experiment_id = ?", (number,)))
        places = [text for key, text in tags.items() if key.startswith(FOLDER_TAG)]
        for place in (*places, f"{name} on {socket.gethostname()}"):  # the last of a store without such tags
            study, old = former_owner(place, old_place)
            handed[old] = new = owner_of(folder, study)
            if f"{FOLDER_TAG}{old}" in tags:
                database.execute(
                    "update or replace experiment_tags set key = ?, value = ? where experiment_id = ? and key = ?",
                    (f"{FOLDER_TAG}{new}", place_of(folder, study), number, f"{FOLDER_TAG}{old}"),
                )
    for old, new in handed.items():
        database.execute("update tags set value = ? where key = ? and value = ?", (new, OWNER_TAG, old))
    return handed
