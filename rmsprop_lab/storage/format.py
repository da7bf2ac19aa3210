"""The version of what lies in a study's folder, in `format.json`; version 1 had no such file."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.schema import FORMAT, FORMAT_KEY

_NAME = "format.json"


def version_of(folder: Path) -> int | None:
    """The version of a study's folder; None for a folder without results.

    Raises:
        InputError: `format.json` cannot be read (key `name`).
    """
    found = _read(folder)
    if found is None:
        return _version_of_parts(folder)
    version = found.get("version")
    if not isinstance(version, int):
        raise _unreadable(folder)
    return version


def former_keys(folder: Path) -> dict[str, str]:
    """The key that a run had in an earlier format, by its key now, for the runs of which these differ."""
    found = (_read(folder) or {}).get("former_keys", {})
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
            "A newer rmsprop-lab wrote it: install that one (pip install -U rmsprop-lab), or choose another name.",
        )


def write_format(folder: Path, former: Mapping[str, str] | None = None) -> None:
    """Writes `format.json`, unless it says this version and there are no new `former_keys`."""
    if former or (_read(folder) or {}).get("version") != FORMAT:
        keys = {**former_keys(folder), **(former or {})}
        content = {"version": FORMAT, **({"former_keys": keys} if keys else {})}
        write_atomically(folder / _NAME, json.dumps(content).encode())


def _version_of_parts(folder: Path) -> int | None:
    """The version that the parts themselves tell, of a folder of version 1 or one that lost its `format.json`."""
    parts = sorted((folder / "runs.parquet").glob("part-*.parquet"))
    for part in filter(Path.is_file, parts):
        with suppress(pa.ArrowException, OSError, ValueError):
            return int((pq.read_schema(part).metadata or {}).get(FORMAT_KEY, b"1"))
    return 1 if parts else None


def _read(folder: Path) -> dict[str, Any] | None:
    """The content of `format.json`; None if there is no such file."""
    path = folder / _NAME
    if path.exists() and not path.is_file():  # a pipe would wait for a writer
        raise _unreadable(folder)
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
        raise _unreadable(folder) from None
    if not isinstance(content, dict):
        raise _unreadable(folder)
    return content


def _unreadable(folder: Path) -> InputError:
    expected, change = (
        f'a study whose {_NAME} is {{"version": {FORMAT}}}',
        f"Delete {folder / _NAME}: the tables tell it.",
    )
    return InputError("name", expected, Found(f"another one in {folder}"), change)
