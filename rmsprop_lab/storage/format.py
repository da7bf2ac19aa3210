"""The version of what lies in a study's folder, in `format.json`; a folder without that file is of version 1."""

import json
from pathlib import Path

from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.schema import FORMAT

_NAME = "format.json"


def version_of(folder: Path) -> int | None:
    """The version of a study's folder; None for a folder without results.

    Raises:
        InputError: `format.json` cannot be read (key `name`).
    """
    path = folder / _NAME
    try:
        version = json.loads(path.read_bytes())["version"]
    except FileNotFoundError:
        return 1 if any((folder / "runs.parquet").glob("part-*.parquet")) else None
    except (OSError, ValueError, KeyError, TypeError):
        version = None
    if not isinstance(version, int):
        raise InputError("name", f'a {_NAME} such as {{"version": {FORMAT}}}', Found(f"another one in {folder}"))
    return version


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


def write_format(folder: Path) -> None:
    """Writes `format.json`, unless it is there."""
    if not (folder / _NAME).exists():
        write_atomically(folder / _NAME, json.dumps({"version": FORMAT}).encode())
