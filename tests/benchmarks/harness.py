"""Timing by turns, and the tables that show what came of it."""

import functools
import json
import os
import platform
import re
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
PACKAGES = ("numpy", "numba", "jax", "optax", "torch", "benchopt", "hydra-core")
_ENOUGH = 0.05  # seconds for the calls of one round


@dataclass(frozen=True)
class Row:
    """What was measured, once per round, and what it should reach; no numbers where `note` says why."""

    name: str
    numbers: tuple[float, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "×"
    note: str = ""

    @property
    def median(self) -> float:
        return float(np.median(self.numbers))

    @property
    def met(self) -> bool | None:
        """None where there is no target or nothing to compare with it."""
        if not self.numbers or (self.at_least is None and self.at_most is None):
            return None
        return bool(self.median >= self.at_least if self.at_least is not None else self.median <= self.at_most)

    def cells(self) -> tuple[str, str, str, str, str]:
        """Name, target, median, quartiles, verdict."""
        target = ""
        if self.at_least is not None:
            target = f"≥ {self.at_least:,g} {self.unit}"
        elif self.at_most is not None:
            target = f"≤ {self.at_most:,g} {self.unit}"
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        if not self.numbers:
            return self.name, target, "", "", f"not measured: {self.note}"
        low, high = np.quantile(self.numbers, (0.25, 0.75))
        spread = f"{_number(low)} to {_number(high)}" if len(self.numbers) > 1 else ""
        return self.name, target, f"{_number(self.median)} {self.unit}", spread, f"{verdict} {self.note}".strip()


def by_turns(tasks: Mapping[str, Callable[[], Any]], rounds: int = 7) -> dict[str, np.ndarray]:
    """Seconds of one call of each task, round by round; in a round a task's number is the median of its calls.

    Each task is called before anything is timed, and every round begins with another task.
    """
    calls = {}
    for name, task in tasks.items():
        task()
        calls[name] = int(np.clip(_ENOUGH / max(_seconds(task), 1e-9), 1, 200))
    names, found = list(tasks), {name: [] for name in tasks}
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            found[name].append(statistics.median(_seconds(tasks[name]) for _ in range(calls[name])))
    return {name: np.array(seconds) for name, seconds in found.items()}


def _seconds(task: Callable[[], Any]) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


def run_quietly(command: list[str], folder: Path, status: int | None = 0) -> float:
    """Seconds that a command takes; raises what it said where it ends with another status."""
    began = time.perf_counter()
    run_output(command, folder, status)
    return time.perf_counter() - began


def run_output(command: list[str], folder: Path, status: int | None = 0, **environment: str) -> str:
    """What a command prints. Python keeps the bytecode of what it imports, as it does unless it is told not to."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**given, **environment})
    if status is not None and ended.returncode != status:
        said = (ended.stdout + ended.stderr)[-800:]
        raise RuntimeError(f"{Path(command[0]).name} ended with {ended.returncode}: {said}")
    return ended.stdout


@functools.cache
def missing(package: str) -> str:
    """Why rows that need a package cannot be measured; empty where they can."""
    try:
        version(package)
    except PackageNotFoundError:
        return f"{package} is not installed"
    return ""


def surroundings() -> dict[str, str]:
    """What the numbers depend on, without saying whose machine it is."""
    found = {"date": datetime.now(UTC).date().isoformat(), "python": platform.python_version()}
    found |= {name: version(name) for name in PACKAGES if not missing(name)}
    return {**found, "cpu": _cpu(), "cores": str(os.cpu_count())}


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else []
    return names[0].strip() if names else platform.processor() or platform.machine()


def show(title: str, rows: list[Row]) -> None:
    table = Table("", "target", "median", "quartiles", "", title=title, title_justify="left")
    for row in rows:
        table.add_row(*row.cells(), style="red" if row.met is False else "")
    Console().print(table)


def save(title: str, rows: list[Row], about: str) -> None:
    """One section of `docs/benchmarks.md` and of `outputs/benchmarks.json`; the others stay as they are."""
    around = surroundings()
    path = ROOT / "outputs/benchmarks.json"
    path.parent.mkdir(exist_ok=True)
    saved = json.loads(path.read_text()) if path.exists() else {}
    saved[title] = {
        "measured": around,
        "rows": [
            {"name": row.name, "unit": row.unit, "at_least": row.at_least, "at_most": row.at_most, "note": row.note}
            | {"numbers": [float(f"{number:.6g}") for number in row.numbers], "met": row.met}
            for row in rows
        ],
    }
    path.write_text(json.dumps(saved, indent=1, ensure_ascii=False) + "\n")

    place = ", ".join(f"{name} {value}" for name, value in around.items() if name not in ("date", "cpu", "cores"))
    measured = f"{around['date']}: {place}; {around['cpu']}, {around['cores']} cores."
    section = f"## {title}\n\n{about}\n\n{_table(rows)}\n\nMeasured {measured}\n"
    path = ROOT / "docs/benchmarks.md"
    text = path.read_text() if path.exists() else _HEAD
    head, *sections = re.split(r"(?m)^(?=## )", text)
    kept = {part.splitlines()[0].removeprefix("## "): part.rstrip() + "\n" for part in sections}
    kept[title] = section
    path.write_text("\n".join([head.rstrip() + "\n", *kept.values()]))


def _table(rows: list[Row]) -> str:
    lines = ["| | target | median | quartiles | |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(row.cells()) + " |" for row in rows)])


def copy_table(title: str, rows: list[Row], page: Path) -> None:
    """The rows in another page too, between two comments with the title; a single number each, without quartiles."""
    lines = ["| | target | found | |", "|---|---|---|---|"]
    for row in rows:
        name, target, found, _, note = row.cells()
        lines.append(f"| {name} | {target} | {found} | {note} |")
    begin, end = f"<!-- {title} -->", f"<!-- end of {title} -->"
    before, _, rest = page.read_text().partition(begin)
    _, _, after = rest.partition(end)
    page.write_text("\n".join([before + begin, *lines, end + after]))


def _number(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


_HEAD = """# Benchmarks

`make bench` measures these again (`BENCH_LONG=1 make bench` the long ones too) and rewrites this file. Everything is
a ratio of things timed by turns in one process, taken round by round: its median and its quartiles over the rounds.
"""
