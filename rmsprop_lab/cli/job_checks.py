"""What a job checks of folders and stores before anything is created."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from rmsprop_lab.config.settings import Settings
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.format import check_format
from rmsprop_lab.tasks.upgrade import needs_upgrade
from rmsprop_lab.tracking.uri import StoreUri, check_uri

_WRITING = ("refill", "optuna", "report", "rerun", "merge", "landscape", "playground")  # `run` says it by itself
_MOST_NAMED = 8  # studies


def check_has_runs(folder: StudyFolder, key: str) -> None:
    """Refuses a folder without runs; `key`: the config key that names it."""
    if folder.version is None:
        names = "the name of a study that has runs" if key == "name" else "names of studies that have runs"
        raise InputError(key, names, Found(f"none in {folder.path}"), _there(folder.path.parent, key))


def _there(output_dir: Path, key: str) -> str:
    """The studies that an output_dir has."""
    found = sorted(path.parent.name for path in output_dir.glob("*/format.json"))[: _MOST_NAMED + 1]
    if not found:
        return f"{output_dir} has no study: is output_dir right?"
    named = ", ".join(found[:_MOST_NAMED]) + (", ..." if len(found) > _MOST_NAMED else "")
    return f"There are {named}: {key}={found[0] if key == 'name' else '[a,b]'}."


def check_folders(folder: StudyFolder, named: Sequence[StudyFolder], settings: Settings) -> None:
    """Refuses folders that the task cannot work with.

    Args:
        folder: That of the study.
        named: Those of `studies`, else that of the study.
        settings: The job.
    """
    for path in dict.fromkeys(each.path for each in (folder, *named)):
        if not (settings.fresh and path.is_dir()):  # what is renamed need not be read
            check_format(path)
    if settings.task in _WRITING:
        for each in named:
            _check_writable(each.path, "studies" if settings.studies else "name")
    if settings.studies:
        _check_formats(named)


def _check_writable(folder: Path, key: str) -> None:
    if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
        found = Found(f"{folder}, in which nothing can be written")
        change = f"Give yourself the right to, as by chmod u+rwx {shlex.quote(str(folder))}, or copy it elsewhere."
        raise InputError(key, "a study whose folder can be written", found, change)


def _check_formats(folders: Sequence[StudyFolder]) -> None:
    """Refuses folders of an earlier format, which a command of their own measures again."""
    for folder in folders:
        if needs_upgrade(folder):
            found = Found(f"{folder.path} of format {folder.version}")
            change = f"rmsprop-lab task=report name={folder.path.name} measures its runs again."
            raise InputError("studies", "studies of one format", found, change)


def checked_uri(settings: Settings) -> StoreUri | None:
    """The store that the user names, checked; None for the one below `output_dir`, and if tracking is off."""
    tracked = settings.tracking == "mlflow" and settings.task != "rerun"
    named = tracked and settings.tracking_uri is not None
    return check_uri(settings.tracking_uri) if named else None
