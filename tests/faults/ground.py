"""Small studies, each once uninterrupted, and new folders in which to interrupt them."""

import json
import random
import shutil
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path

from faults.audit import Content, Findings, Place, audit, content_of
from faults.killed import Command, Conditions
from faults.served import Server

_SMALL = ("n_iter=10", "starts.count=2", "evaluation.count=2", "search=tpe", "search.batch=2", "optimizer=[gd,rmsprop]")
_TWO = (*_SMALL, "objective=[bowl,rosenbrock]", "search.trials=6", "figures=false")
_ONE = (*_SMALL, "objective=[bowl]", "search.trials=4")
STUDIES: dict[str, tuple[str, ...]] = {
    "bulk": (*_ONE, "figures=false"),
    "two": _TWO,
    "figures": (*_ONE, "figures=true"),
    "client": (*_ONE, "figures=false", "tracking.writer=client"),
    "server": (*_ONE, "figures=false"),
    "jobs": (*_TWO, "jobs=2"),
}
"""The arguments of each study. `server` is logged over HTTP; `jobs` is computed by two processes."""
_NAME = "storm"
_MOST_TRIES = 4


@dataclass
class Whole:
    """A study that was never interrupted: its place, and all that is there."""

    place: Place
    content: Content


@dataclass
class Course:
    """How a study goes if nothing interrupts it: its seconds, and how often it passes each point."""

    seconds: float
    passings: dict[str, int]


@dataclass
class Case:
    """One study that is interrupted: how often it was, and what was found afterwards."""

    command: Command
    place: Place
    whole: Whole
    hits: int = 0
    findings: list[Findings] = field(default_factory=list)

    def audit(self, ended: bool) -> None:
        """Looks at what is there now."""
        self.findings.append(audit(self.place, self.whole.content, ended))

    def interrupted(self, conditions: Conditions, kill_after: float | None = None) -> int:
        """Gives the command; counts it if it was killed or failed, and looks at what must hold at any moment.

        Only a full disk is a reason to fail.
        """
        status = self.command.run(conditions, kill_after)
        self.hits += status != 0
        self.audit(ended=False)
        if status not in (0, -9) and conditions.act != "full" and conditions.file_size is None:
            self.findings[-1].add("lost", [f"status {status}, see {self.command.log}"], "the command fails")
        return status

    def concluded(self) -> None:
        """Gives the command until it ends well, and looks for everything."""
        for _ in range(_MOST_TRIES):
            if (status := self.command.run()) == 0:
                break
        else:
            self.findings.append(Findings())
            self.findings[-1].add("lost", [f"status {status}, see {self.command.log}"], "the command never ends well")
        self.audit(ended=True)


class Ground:
    """Where studies are interrupted.

    Args:
        root: An empty folder.
        empty_store: A new MLflow database, to be copied.
    """

    def __init__(self, root: Path, empty_store: Path) -> None:
        self._root, self._empty = root, empty_store
        self._whole: dict[str, Whole] = {}
        self._courses: dict[str, Course] = {}
        self._server: Server | None = None

    @property
    def server(self) -> Server:
        """The server of all studies that are logged over HTTP."""
        if self._server is None:
            folder = self._root / "server"
            folder.mkdir()
            shutil.copy(self._empty, folder)
            self._server = Server(folder / "mlflow.db", folder / "artifacts")
        return self._server

    def close(self) -> None:
        """Ends the server."""
        if self._server:
            self._server.kill()

    def whole(self, study: str) -> Whole:
        """A study, uninterrupted; run at the first call."""
        if study not in self._whole:
            command, place = self._new(study, f"whole-{study}")
            assert command.run() == 0, command.log.read_text()
            self._whole[study] = Whole(place, content_of(place))
        return self._whole[study]

    def course(self, study: str) -> Course:
        """How an uninterrupted study goes; run at the first call."""
        if study not in self._courses:
            self.whole(study)  # the first command of all takes longer
            command, _ = self._new(study, f"course-{study}")
            began, counted = time.monotonic(), command.folder / "passings.json"
            assert command.run(Conditions(counted=counted)) == 0, command.log.read_text()
            self._courses[study] = Course(time.monotonic() - began, json.loads(counted.read_text()))
        return self._courses[study]

    def case(self, study: str, label: str, with_store: bool = True, uri: str | None = None) -> Case:
        """A new folder for a study; without its store the command creates one first."""
        whole = self.whole(study)
        command, place = self._new(study, label, with_store, uri)
        return Case(command, place, whole)

    def done(self, study: str, label: str) -> Case:
        """A copy of the uninterrupted study, to be damaged."""
        case = self.case(study, label, with_store=False)
        source, target = case.whole.place.output, case.place.output
        shutil.copytree(source, target, dirs_exist_ok=True)
        with sqlite3.connect(case.place.database) as store:
            for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri")):
                store.execute(f"update {table} set {column} = replace({column}, ?, ?)", [str(source), str(target)])
        store.close()
        return case

    def _new(self, study: str, label: str, with_store: bool = True, uri: str | None = None) -> tuple[Command, Place]:
        folder = self._root / label
        output = folder / "outputs"
        output.mkdir(parents=True)
        if study == "server":
            name, server = f"{_NAME}-{label}", self.server
            arguments = (*STUDIES[study], f"name={name}", f"tracking.uri={uri or server.url}")
            return Command(folder, arguments), Place(output, name, server.database, server.artifacts, alone=False)
        if with_store:
            shutil.copy(self._empty, output)
        place = Place(output, _NAME, output / "mlflow.db", output / "artifacts")
        return Command(folder, (*STUDIES[study], f"name={_NAME}")), place


def dice(*words: object) -> random.Random:
    """Random numbers that are the same for the same words."""
    return random.Random(" ".join(map(str, words)))
