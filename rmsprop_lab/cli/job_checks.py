"""What a job checks of folders and stores before anything is created."""

from collections.abc import Sequence
from pathlib import Path

from rmsprop_lab.config.settings import Settings
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.upgrade import needs_upgrade
from rmsprop_lab.tracking.uri import StoreUri, check_uri

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


def check_formats(folders: Sequence[StudyFolder]) -> None:
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
