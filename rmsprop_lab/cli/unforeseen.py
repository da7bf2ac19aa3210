"""The last resort: an error that nobody foresaw becomes one line, and a file with its traceback."""

import datetime
import platform
import shlex
import sys
import traceback
from pathlib import Path
from tempfile import NamedTemporaryFile, gettempdir

from rmsprop_lab import __version__
from rmsprop_lab.tracking.redaction import redacted

_LONGEST = 200
_study_folder: list[Path] = []


def report_in(folder: Path) -> None:
    """Names the folder of the study that is worked on. Reports go there if it exists."""
    _study_folder[:] = [folder]


def report(error: BaseException) -> str:
    """Writes a file with the traceback, without passwords.

    Returns:
        A line that says what happened, where the file is, and asks to report it.
    """
    head = [
        f"rmsprop-lab {__version__}, Python {platform.python_version()}, {platform.platform()}",
        shlex.join(["rmsprop-lab", *sys.argv[1:]]),
    ]
    text = redacted("\n".join([*head, "", "".join(traceback.format_exception(error))]))
    reason = " ".join(redacted(str(error)).split())[:_LONGEST]
    what = f"an error that nobody foresaw, {type(error).__name__}{': ' if reason else ''}{reason}"
    for folder in (*_study_folder, Path(gettempdir())):
        if folder.is_dir() and (path := _written(text, folder)):
            return f"{what}. Its traceback is in {path}; please report it with that file."
    return f"{what}. Its traceback cannot be written; please report it with the command line."


def _written(text: str, folder: Path) -> Path | None:
    """The path of the file; None if it cannot be written."""
    try:
        with NamedTemporaryFile(
            "w",
            encoding="utf-8",
            errors="backslashreplace",
            dir=folder,
            prefix=f"unforeseen-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S}-",
            suffix=".txt",
            delete=False,
        ) as file:
            file.write(text)
    except OSError:
        return None
    return Path(file.name)
