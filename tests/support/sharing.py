"""Studies on many processes, and an objective that makes a process die."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from support.own import HEAD, own
from support.processes import ENVIRONMENT, interruptible

DEADLY = (
    "import os, signal\nfrom pathlib import Path\n"
    + HEAD
    + '''class Deadly(Objective):
    """The bowl; the first process but those in the file `spared` that calls it dies."""
    dim: int = 2
    bounds: Bounds = (-2.0, 2.0)
    minimum = 0.0
    minimizers = np.zeros((2, 1))

    def value(self, point: Array) -> Array:
        if not str(os.getpid()) in Path("spared").read_text().split():
            try:
                Path("died").touch(exist_ok=False)
            except FileExistsError:
                pass
            else:
                os.kill(os.getpid(), signal.SIGKILL)
        x, y = point
        return x * x + y * y

    def gradient(self, point: Array) -> Array:
        return 2.0 * point
'''
)
SMALL = (
    "optimizer=[gd,rmsprop,adam]",
    "search=tpe",
    "search.trials=6",
    "starts.count=3",
    "evaluation.count=4",
)
QUIET = ("tracking=none", "figures=false")
TABLES = ("ranking.csv", "searches.csv", "budget.csv")


def deadly(folder: Path, spared: int) -> None:
    """Writes the objective `deadly` into `mine/`; the process `spared` survives it."""
    own(folder, "objective", "deadly", DEADLY, "_target_: deadly.py:Deadly")
    (folder / "spared").write_text(str(spared))


def tables_of(study: Path) -> dict[str, str]:
    """The tables of a study's folder as text."""
    return {name: (study / "tables" / name).read_text() for name in TABLES}


def rows_of(study: Path) -> pd.DataFrame:
    """The runs in a study's own table."""
    runs: pd.DataFrame = pd.read_parquet(study / "runs.parquet").sort_values("run_key", ignore_index=True)
    return runs


def started(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The command, running in a process of its own."""
    given: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(
        [sys.executable, "-m", "rmsprop_lab", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        preexec_fn=interruptible,
        **given,
    )


def processes_with(word: str) -> list[int]:
    """The running processes with a text in their command line, without this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:  # it has ended
            continue
        if word.encode() in line and int(path.parent.name) != os.getpid():
            found.append(int(path.parent.name))
    return found
