"""Counts faults and what the audit found after them, and writes `docs/guarantees.md`."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from faults.audit import KINDS
from faults.ground import Case
from faults.points import POINTS

DOCUMENT = Path(__file__).parents[2] / "docs" / "guarantees.md"
_HEAD = """\
# What survives

Written by `make test-faults`. The real command runs in a process of its own, something happens to it, the same command
is given again until it ends well, and one audit (`tests/faults/audit.py`) reads the study's folder and the MLflow store
without the product's own code: pyarrow, sqlite3. It compares them, value by value, with a study that was never
interrupted. After each kill it also looks at what must hold at any moment: what is published, and what is FINISHED in
MLflow, is whole, true, there once, and was on the disk first.

- **lost**: a planned run is not on disk, or not in MLflow; or the command never ends well.
- **doubled**: a run key or a trial is there twice on disk, or a run key in MLflow.
- **stale**: a number, tag or file in MLflow is not that of the table, or not that of the uninterrupted study.
- **half-written**: a run is FINISHED without all its metrics, params, tags and files, or before its row is on disk; a
  run stays unfinished; temporary files or artifacts of no run are left.
- **different**: tables or figures are not those of the uninterrupted study.

The numbers after the times are studies in which something of that kind was found. A kill is SIGKILL at the n-th passing
of a named point, or after a random time; up to four in one study.
"""
_TAIL = """\
A power cut is simulated: at the kill, files of the study's folder that were not synced are emptied, and names that were
not synced are taken back. Files of MLflow's runs are
not synced and no part of this simulation: `task=refill` looks for those that are lost or empty, and writes them again.

Not covered: disks that lie about syncing, file systems without atomic renames, and machines that share a folder over a
network.

The faults that the audit must find, so that its silence means something, are in `tests/faults/seeded.py`: each is put
into the command from outside, and caught (`tests/faults/test_bites.py`).
"""


@dataclass
class Tally:
    """The figures of one kind of fault: `times` it happened, and studies in which something of a kind was found."""

    times: int = 0
    found: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)

    def add(self, case: Case) -> None:
        """Counts one case."""
        self.times += case.hits
        self.found.update({name for findings in case.findings for name, texts in findings.found.items() if texts})
        self.words.extend(f"{case.command.folder}: {findings}" for findings in case.findings if findings)

    def as_plain(self) -> dict[str, int]:
        """The numbers alone."""
        return {"times": self.times, **{name: self.found[name] for name in KINDS}}


def write(tallies: Mapping[str, Counter[str]], path: Path = DOCUMENT) -> None:
    """Writes the document: the numbers of each kind of fault."""
    path.write_text("\n".join([_HEAD, *_table(tallies), "", *_points(), "", _TAIL]), encoding="utf-8")


def _table(tallies: Mapping[str, Counter[str]]) -> Iterator[str]:
    yield f"| kind of fault | times | {' | '.join(KINDS)} |"
    yield "|---|" + "---:|" * (1 + len(KINDS))
    for kind, numbers in tallies.items():
        yield f"| {kind} | {' | '.join(str(numbers[name]) for name in ('times', *KINDS))} |"
    yield ""
    yield f"{sum(numbers['times'] for numbers in tallies.values())} faults, {datetime.date.today()}."


def _points() -> Iterator[str]:
    yield "The points: " + "; ".join(POINTS) + "."
