"""`fresh=true`: gives what there is of a study another name, so that a command begins it anew and nothing is lost."""

import datetime
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rmsprop_lab.errors import ResultsError
from rmsprop_lab.storage.folder import StudyFolder

if TYPE_CHECKING:
    from rmsprop_lab.tracking.tracker import MlflowTracker

_LONGEST = 100  # characters of a name


@dataclass(frozen=True)
class Former:
    """What a study was until it was begun anew.

    Args:
        folder: Its folder now; None if there was none.
        experiment: The name of its MLflow experiment now; empty if there was none, or none was looked for.
    """

    folder: Path | None
    experiment: str


def begin_anew(folder: StudyFolder, tracker: "MlflowTracker | None") -> Former:
    """Renames a study's folder and its experiment to `<name>.until-<time>`.

    Args:
        folder: The study's folder, which need not exist.
        tracker: The MLflow store; None to leave it alone.

    Raises:
        InputError: Other folders log to the experiment too (key `fresh`).
        ResultsError: The folder cannot be renamed, or another process keeps its lock.
        TrackingError: The store fails.
    """
    name, other = folder.path.name, former_name(folder.path)
    there = folder.path.is_dir()
    with folder.tracking_lock() if there and tracker else nullcontext():
        experiment = tracker.rename(name, other) if tracker else ""  # first: a killed command can be given again
    if not there:
        return Former(None, experiment)
    try:
        with folder.lock():
            former = folder.path.rename(folder.path.with_name(other))
    except OSError as error:
        raise ResultsError(f"cannot rename {folder.path}: {error.strerror}") from error
    return Former(former, experiment)


def former_name(path: Path) -> str:
    """The name for what is in a study's folder: its own, and the time, to the second; one that is free."""
    now = datetime.datetime.now()
    while True:
        ending = f".until-{now:%Y%m%dT%H%M%S}"
        name = path.name[: _LONGEST - len(ending)] + ending
        if not path.with_name(name).exists():
            return name
        now += datetime.timedelta(seconds=1)
