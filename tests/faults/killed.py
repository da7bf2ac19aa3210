"""Runs the real command in a process of its own, under conditions: killed at a point, on a full disk, and others.

The process is forked from one that has imported everything and done nothing else, which spares seconds per command.
"""

import contextlib
import json
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.points import POINTS, install, struck

_PRELOADED = [
    "faults.killed",
    "faults.seeded",
    "rmsprop_lab.cli.composing",
    "rmsprop_lab.cli.computing",
    "rmsprop_lab.cli.job",
    "rmsprop_lab.search.optuna_sampler",
    "rmsprop_lab.report.figures",
    "rmsprop_lab.tasks.recorder",
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.tracking.rest_store",
    "mlflow.store.artifact.mlflow_artifacts_repo",
]


@dataclass(frozen=True)
class Conditions:
    """What is different from an ordinary command.

    Args:
        point: The name of a point, see `POINTS`.
        nth: At which passing of it something happens.
        act: What happens: `kill`; `power`, a kill that takes away what is not synced; `full`, a full disk from then on.
        eager: Whether each batch is published, and each search logged, by itself, not those of a second together.
        clock: Seconds by which the clock is wrong.
        file_size: The most bytes that a file may have, as by `ulimit -f`.
        busy: Milliseconds that the bulk writer waits for a locked store; None for the product's own time.
        seeded: Names of faults of the protocol, see `faults.seeded.SEEDED`.
        counted: A file to write the number of passings of each point to.
    """

    point: str = ""
    nth: int = 1
    act: str = "kill"
    eager: bool = False
    clock: float = 0.0
    file_size: int | None = None
    busy: int | None = None
    seeded: tuple[str, ...] = ()
    counted: Path | None = None


@dataclass(frozen=True)
class Command:
    """A command line, and the folder to give it in."""

    folder: Path
    arguments: tuple[str, ...]

    @property
    def log(self) -> Path:
        """What it printed, with that of earlier commands in the folder."""
        return self.folder / "printed.txt"

    def start(self, conditions: Conditions = Conditions()) -> "multiprocessing.process.BaseProcess":
        """Starts it; `exitcode` is -9 after SIGKILL."""
        self.folder.mkdir(parents=True, exist_ok=True)
        process = _context().Process(target=_run, args=(self, conditions))
        process.start()  # type: ignore[attr-defined]
        return process  # type: ignore[no-any-return]

    def run(self, conditions: Conditions = Conditions(), kill_after: float | None = None) -> int:
        """Runs it to its end, or kills it after a time in seconds; returns the exit status."""
        process = self.start(conditions)
        process.join(kill_after)
        if process.is_alive():
            process.kill()
        process.join()
        assert process.exitcode is not None
        return process.exitcode


def _context() -> Any:
    context = multiprocessing.get_context("forkserver")
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    if paths[0] not in paths[1].split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))  # for the process to fork from
    context.set_forkserver_preload(_PRELOADED)
    return context


def _run(command: Command, conditions: Conditions) -> None:
    os.chdir(command.folder)
    printed = os.open(command.log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    sys.argv = ["rmsprop-lab", *command.arguments]
    from rmsprop_lab.cli import main

    with _under(conditions):
        main()


@contextlib.contextmanager
def _under(conditions: Conditions) -> Any:
    from faults.seeded import SEEDED
    from rmsprop_lab.storage import buffer
    from rmsprop_lab.tasks import cells
    from rmsprop_lab.tracking.writers import transaction

    if conditions.eager:
        buffer._MOST_SECONDS = cells._LOGGED_AFTER = 0.0
    if conditions.busy is not None:
        transaction._BUSY_TIMEOUT = conditions.busy
    if conditions.clock:
        real = time.time
        time.time = lambda: real() + conditions.clock
    if conditions.file_size is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (conditions.file_size, conditions.file_size))
    for name in conditions.seeded:
        SEEDED[name]()
    if conditions.point:
        _install(conditions)
    passings = Counter[str]()
    if conditions.counted:
        install(POINTS, lambda name, half: passings.update([name]))
    try:
        yield
    finally:
        if conditions.counted:
            conditions.counted.write_text(json.dumps(passings))


def _install(conditions: Conditions) -> None:
    from faults.power import PowerCut

    power = PowerCut(Path.cwd() / "outputs/storm")
    if conditions.act == "power":
        power.watch()
    point = {conditions.point: POINTS[conditions.point]}
    install(point, struck(conditions.nth, conditions.act, power.strike if conditions.act == "power" else lambda: None))


def children_of(pid: int | None) -> list[int]:
    """The running processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found.append(int(path.parent.name))
    return sorted(found)


def processes_in(folder: Path) -> list[int]:
    """The running processes whose current folder is this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if path.readlink() == folder.resolve():
                found.append(int(path.parent.name))
    return found
