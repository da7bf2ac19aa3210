"""The version of what lies in a study's folder, in `format.json`; version 1 had no such file."""

import json
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rmsprop_lab.errors import DamageWarning, Found, InputError
from rmsprop_lab.storage.aside import set_aside
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.schema import FORMAT, FORMAT_KEY

_NAME = "format.json"
_FIRST = 2  # the first version that wrote it
_ANEW = "choose another name, or begin the study anew with fresh=true, which renames what is there"


def version_of(folder: Path) -> int | None:
    """The version of a study's folder; None for a folder without results.

    Where `format.json` is damaged, the parts of the tables tell it.

    Raises:
        InputError: `format.json` is damaged, and the parts do not tell the version either (key `name`).
    """
    try:
        found = _read(folder)
    except _Damaged:
        if (version := _version_of_parts(folder)) is None:
            raise _unreadable(folder, f"No table tells it either: {_ANEW}.") from None
        return version
    if found is not None:
        return int(found["version"])
    return _version_of_parts(folder) or (1 if _parts(folder) else None)


def is_damaged(folder: Path) -> bool:
    """Whether `format.json` was cut or changed, or is no file."""
    try:
        _read(folder)
    except _Damaged:
        return True
    return False


def is_stated(folder: Path) -> bool:
    """Whether `format.json` is there and tells the version."""
    try:
        return _read(folder) is not None
    except _Damaged:
        return False


def check_undamaged(folder: Path) -> None:
    """Checks `format.json` of a folder that must not be mended.

    Raises:
        InputError: It is damaged (key `name`).
    """
    if is_damaged(folder):
        raise _unreadable(folder, "The command of its study mends it there.")


def former_keys(folder: Path) -> dict[str, str]:
    """The key that a run had in an earlier format, by its key now, for the runs of which these differ."""
    found = {} if is_damaged(folder) else (_read(folder) or {}).get("former_keys", {})
    return found if isinstance(found, dict) else {}


def check_format(folder: Path) -> None:
    """Checks that a study's folder is not of a later version than this one.

    Raises:
        InputError: It is (key `name`).
    """
    version = version_of(folder)
    if version is not None and version > FORMAT:
        raise InputError(
            "name",
            f"a study of format {FORMAT} or earlier",
            Found(f"{folder}, which is of format {version}"),
            f"A newer rmsprop-lab wrote it: install that one (pip install -U rmsprop-lab); or {_ANEW}.",
        )


def write_format(folder: Path, former: Mapping[str, str] | None = None) -> None:
    """Writes `format.json`, unless it says this version and there are no new `former_keys`. A damaged one is set aside.

    The caller holds the lock.
    """
    mend_format(folder)
    if former or (_read(folder) or {}).get("version") != FORMAT:
        keys = {**former_keys(folder), **(former or {})}
        content = {"version": FORMAT, **({"former_keys": keys} if keys else {})}
        write_atomically(folder / _NAME, json.dumps(content).encode())


def mend_format(folder: Path) -> None:
    """Sets a damaged `format.json` aside, with a warning, and writes this version, which the parts tell.

    The caller holds the lock.
    """
    if is_damaged(folder):
        with suppress(FileNotFoundError):  # another shard did it
            aside = set_aside(folder / _NAME, folder)
            told = f"{folder / _NAME} is damaged; it is set aside in {aside.parent}, as the tables tell the version"
            warnings.warn(told, DamageWarning, stacklevel=4)
        write_atomically(folder / _NAME, json.dumps({"version": FORMAT}).encode())


def _version_of_parts(folder: Path) -> int | None:
    """The version that the parts themselves tell; None if there are none, or none can be read."""
    for part in filter(Path.is_file, (*_parts(folder), *_parts(folder, "*"))):
        with suppress(pa.ArrowException, OSError, ValueError):
            return int((pq.read_schema(part).metadata or {}).get(FORMAT_KEY, b"1"))
    return None


def _parts(folder: Path, table: str = "runs") -> list[Path]:
    """The parts of a table, also in the folders of shards."""
    found = (folder.glob(f"{runs}{table}.parquet/part-*.parquet") for runs in ("", "shards/*-of-*/"))
    return [part for parts in found for part in sorted(parts)]


class _Damaged(Exception):
    """`format.json` was cut or changed, or is no file."""


def _read(folder: Path) -> dict[str, Any] | None:
    """The content of `format.json`; None if there is no such file. Raises `_Damaged`."""
    path = folder / _NAME
    if path.exists() and not path.is_file():  # a pipe would wait for a writer
        raise _Damaged
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        found = Found(f"a file at {folder}")
        raise InputError("name", "the name of a folder, or of none yet", found, "Choose another name.") from None
    except PermissionError:
        raise  # says what it is, and of which file
    except (OSError, ValueError, RecursionError):
        raise _Damaged from None
    version = content.get("version") if isinstance(content, dict) else None
    if isinstance(version, bool) or not isinstance(version, int) or version < _FIRST:
        raise _Damaged
    return dict(content)


def _unreadable(folder: Path, change: str) -> InputError:
    expected = f'a study whose {_NAME} is {{"version": {FORMAT}}}'
    return InputError("name", expected, Found(f"another one in {folder}"), change)
