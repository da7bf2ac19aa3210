"""Whose runs and experiments are in a store: the tags that name the folder of a study."""

import hashlib
import socket
from pathlib import Path

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.tracking.redaction import redacted

OWNER_TAG = "mlflow.source.folder"  # MLflow's page hides tags with its prefix
"""Tag of runs: the study's folder that logged them. Only who has that folder's lock may remove an unfinished one."""
FOLDER_TAG = f"{OWNER_TAG}."
"""Beginning of tags of experiments, one for each folder that logs to it: its owner follows, its `place_of` is the text.

By it an experiment is found that was renamed in MLflow.
"""


def owner_of(output_dir: str | Path, study: str) -> str:
    """Identifies a study's folder, and so its lock, among all folders of all machines."""
    return _owner(socket.gethostname(), local_folder(output_dir).resolve() / study)


def place_of(output_dir: str | Path, study: str) -> str:
    """A study's folder and machine, for people: the folder's last names only, as paths tell more than others need.

    Returns:
        For instance `runs/outputs/s on gauss`.
    """
    folder = local_folder(output_dir).resolve() / study
    return redacted(f"{'/'.join(folder.parts[1:][-3:])} on {socket.gethostname()}")


def former_owner(place: str, output_dir: Path) -> tuple[str, str]:
    """The study that a text of `place_of` names, and the owner that it had in a folder which may be gone.

    >>> study, owner = former_owner("runs/outputs/s on gauss", Path("/old/outputs"))
    >>> study, len(owner)
    ('s', 16)
    """
    folder, _, host = place.rpartition(" on ")
    study = folder.rpartition("/")[2]
    return study, _owner(host, output_dir / study)


def _owner(host: str, folder: Path) -> str:
    return hashlib.sha256(f"{host}:{folder}".encode()).hexdigest()[:16]
