"""Checks single values of a config; each returns the value that a job works with."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rmsprop_lab.base.checks import flag, integer, local_folder
from rmsprop_lab.base.names import check_name
from rmsprop_lab.errors import Found, InputError

MOST_JOBS = 1024
MOST_RUNS = 1_000_000  # each run is an object in memory while its study is computed


def choice(value: Any, key: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise InputError(key, f"one of {', '.join(choices)}", value)
    return str(value)


def output_dir(value: Any) -> str:
    """The folder of all studies, which can be written, or created."""
    try:
        path = local_folder(value).resolve()
        existing = next(folder for folder in (path, *path.parents) if folder.exists())
    except (OSError, RuntimeError) as error:  # too long, not to be looked into, a link to itself
        raise InputError(
            "output_dir", "a folder that can be written", Found(f"{value!r:.200} ({error!s:.200})")
        ) from None
    if not existing.is_dir():
        raise InputError("output_dir", "a folder", Found(f"the file {existing}"))
    if not os.access(existing, os.W_OK) or not _takes_folders(existing):
        found = Found(f"{value!r:.200}, and nothing can be made in {existing}")
        raise InputError("output_dir", "a folder that can be written", found, "Choose another one.")
    return str(local_folder(value))


def _takes_folders(folder: Path) -> bool:
    """Whether a folder can be made in a folder: the kernel's own, such as /proc, let nobody, whatever their rights."""
    if not hasattr(os, "statvfs") or os.statvfs(folder).f_blocks:  # of a file system with space for files
        return True
    try:
        with TemporaryDirectory(prefix=".rmsprop_lab-", dir=folder):
            return True
    except OSError:
        return False


def seconds(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise InputError(key, "a number of seconds >= 0", value, "Try 600; .inf waits for ever.")
    return value


def jobs(config: Mapping[str, Any]) -> int:
    """The number of processes, checked; a shard, and tasks other than `run` and its plan, work in one."""
    jobs = integer(config["jobs"], "jobs", 1, MOST_JOBS)
    if config["task"] == "plan":
        config = {**config, "task": "run"}
    for key, why in (("shards", "each shard is one process"), ("task", f"task={config['task']} works in one process")):
        if jobs > 1 and config[key] != (1 if key == "shards" else "run"):
            raise InputError("jobs", f"1, as {why}", jobs)
    if config["shards"] != 1 and config["task"] != "run":
        raise InputError("shards", f"1, as task={config['task']} is not split", config["shards"])
    return jobs


def sources(value: Any, task: str) -> tuple[str, ...]:
    """The folders of `from`, which task=merge needs and no other task reads."""
    if task != "merge":
        if value is not None:
            raise InputError("from", f"null, as task={task} does not read it", value, "Use task=merge.")
        return ()
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not value or not all(isinstance(path, str) and path for path in value):
        raise InputError("from", "a list of folders", value, "Try from=[/mnt/a/outputs/study].")
    return tuple(value)


def studies(value: Any, task: str) -> tuple[str, ...]:
    """The names of `studies`, at least two, which task=report alone reads; none for null."""
    if value is None:
        return ()
    if task != "report":
        raise InputError("studies", f"null, as task={task} does not read it", value, "Use task=report.")
    given = value if isinstance(value, list) else []
    names = [str(name) if isinstance(name, int) and not isinstance(name, bool) else name for name in given]
    for name in names:
        check_name(name, "studies")
    if len(names) < 2 or len(set(names)) < len(names):
        raise InputError("studies", "a list of two or more different studies", value, "Try studies=[a,b].")
    return tuple(names)


def run_key(value: Any, task: str) -> str:
    """The digits of `run_key`, which task=rerun needs and no other task reads; empty for null."""
    if task != "rerun":
        if value is not None:
            raise InputError("run_key", f"null, as task={task} does not read it", value, "Use task=rerun.")
        return ""
    text = str(value).lower() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9a-f]{1,64}", text):
        change = "Copy it from the study's report.html or the run's page in MLflow, and give the study's name."
        raise InputError(
            "run_key",
            "a run's key, or its first digits, of 0-9 and a-f",
            Found("none") if value is None else value,
            change,
        )
    return text


def fresh(value: Any, task: str, is_part: bool) -> bool:
    """Whether a study is begun anew: by a command that computes it, or plans to, as a whole."""
    if not flag(value, "fresh"):
        return False
    if task not in ("run", "plan"):
        raise InputError("fresh", f"false, as task={task} computes no study", True, "Use task=run.")
    if is_part:
        change = "Give fresh=true to a command without shard=, or rename the study's folder before the first shard."
        raise InputError("fresh", "false for a shard, as another may have computed its part", True, change)
    return True


def max_runs(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_RUNS:
        change = "For more, use task=landscape, which stores no single runs." if value != 0 else ""
        raise InputError("limits.runs", f"an integer from 1 to {MOST_RUNS:,}", value, change)
    return value
