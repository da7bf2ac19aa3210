"""Where a run comes from: the tags that `MlflowClient`, unlike MLflow's fluent API, does not set by itself."""

import getpass
import hashlib
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

OWNER_TAG = "mlflow.source.folder"  # MLflow's page does not list tags with its prefix
"""Whose lock a run was logged under: only its holder may remove what was cut off."""


def owner_of(output_dir: str | Path, study: str) -> str:
    """What tells one study's folder, and so its lock, from the same study's folder on another machine."""
    place = f"{socket.gethostname()}:{Path(output_dir).resolve() / study}"
    return hashlib.sha256(place.encode()).hexdigest()[:16]


def source_tags(owner: str) -> dict[str, str]:
    """Program, user, git commit of the current folder, owner."""
    tags = {"mlflow.source.name": "rmsprop-lab", "mlflow.source.type": "LOCAL", OWNER_TAG: owner}
    with suppress(KeyError, OSError):  # a container's user may have no name
        tags["mlflow.user"] = getpass.getuser()
    if git := shutil.which("git"):
        commit = subprocess.run([git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
        if commit.returncode == 0:
            tags["mlflow.source.git.commit"] = commit.stdout.strip()
    return tags
