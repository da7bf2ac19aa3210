"""Records each command that adds to a study, in `commands/*.yaml` and `study.log`."""

import datetime
import importlib.metadata
import os
import platform
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from rmsprop_lab.config.yaml_files import read_recorded
from rmsprop_lab.errors import InputError
from rmsprop_lab.storage.aside import clear_way
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.schema import FORMAT
from rmsprop_lab.tasks.summary import Summary
from rmsprop_lab.tracking.redaction import redacted, redacted_data

_VERSIONS = ("rmsprop-lab", "numpy", "pandas", "pyarrow", "hydra-core", "mlflow", "matplotlib")


_STUDY = ("objective", "optimizer", "starts", "n_iter", "search", "evaluation", "engine")
"""The keys of a config that decide its study. With them `task=refill` and `task=optuna` find it."""


def is_recorded(folder: Path, config: str) -> bool:
    """Whether a record that can be read has the study of a config.

    Args:
        folder: The study's folder.
        config: The composed config as YAML, interpolations as written.
    """
    wanted = _study_of(redacted_data(yaml.safe_load(config)))
    for path in sorted((folder / "commands").glob("*.yaml"), reverse=True):  # the newest first
        with suppress(InputError, OSError):
            record = read_recorded(path)
            whole = isinstance(record, Mapping) and "machine" in record  # its last key
            if whole and _study_of(record.get("config")) == wanted:
                return True
    return False


def line_of(folder: Path) -> str:
    """The command line of the newest record that can be read and added runs, else of the newest; empty without any."""
    lines = []
    for path in sorted((folder / "commands").glob("*.yaml"), reverse=True):
        with suppress(InputError, OSError):
            record = read_recorded(path)
            if isinstance(record, Mapping) and isinstance(record.get("command"), str):
                lines.append((record.get("runs_computed", 0) == 0, record["command"]))
    return min(lines, key=lambda found: found[0])[1] if lines else ""


def _study_of(config: Any) -> dict[str, Any] | None:
    return {name: config.get(name) for name in _STUDY} if isinstance(config, Mapping) else None


def record_command(summary: Summary, line: str, config: str, ended: str) -> None:
    """Writes `commands/<time>.yaml` and adds a line to `study.log`. Passwords and other secrets are left out.

    Args:
        summary: What the command did.
        line: The command line.
        config: The composed config as YAML, interpolations as written.
        ended: How the command ended, as in `done, 3.2 s`.
    """
    folder, now = summary.folder.path, datetime.datetime.now(datetime.UTC)
    record = {
        "format": FORMAT,
        "command": redacted(line),
        "time": now.isoformat(timespec="seconds"),
        "ended": ended,
        "runs_computed": summary.computed,
        "runs_logged": summary.logged,
        "config": redacted_data(yaml.safe_load(config)),
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in _VERSIONS},
        "machine": {"platform": platform.platform(), "cpus": os.cpu_count()},
    }
    for path in (folder / "commands" / "any.yaml", folder / "study.log"):
        clear_way(path, folder)
    name = f"{now:%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:6]}.yaml"
    text = yaml.safe_dump(record, sort_keys=False, allow_unicode=True)
    write_atomically(folder / "commands" / name, text.encode(errors="backslashreplace"))
    with (folder / "study.log").open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(
            f"{record['time']} {record['command']}: {summary.computed} runs computed, "
            f"{summary.logged} logged to MLflow, {ended}\n"
        )
