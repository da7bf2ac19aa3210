"""The audit: reads a study's folder and its store without the product's code, and says what is wrong with them."""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from faults.stored import Logged, Stored, stored

KINDS = ("lost", "doubled", "stale", "half-written", "different")
_KEYS = {
    "runs": ("run_key",),
    "trials": ("cell", "repeat", "trial", "phase"),
    "traces": ("run_key", "start", "iteration"),
    "starts": ("run_key", "start"),
}
_MARKS = ("best", "edge", "rank", "sample")  # tags that a study gives at its end
_REPORT = "report"  # the key of the run that holds the report
_SUMMARY = "summary."  # how the keys of the runs begin that sum the optimizers up
_TIMED = ("report.html", "holds")  # its file and its tag that no two commands make the same
_OURS = (".lock", ".tracking.lock", ".shows", ".report")  # hidden files that stay


@dataclass(frozen=True)
class Place:
    """Where a study lies: its output folder, its name, and its store; `alone`: no other experiment is in the store."""

    output: Path
    name: str
    database: Path
    artifacts: Path
    alone: bool = True


@dataclass
class Content:
    """All that is in a place: rows by table and key, the digests of other files, hidden files, and MLflow's part."""

    rows: dict[str, Counter[tuple[Any, str]]]
    numbers: dict[str, dict[str, Any]]
    files: dict[str, str]
    hidden: list[str]
    mlflow: Stored
    has_report: bool


@dataclass
class Findings:
    """What is wrong, in words, by kind."""

    found: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def add(self, kind: str, wrong: Iterable[object], what: str) -> None:
        """Adds one sentence, if anything is wrong."""
        if listed := list(wrong):
            more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
            self.found[kind].append(f"{what}: {', '.join(map(str, listed[:3]))}{more}")

    def __bool__(self) -> bool:
        return any(self.found.values())

    def __str__(self) -> str:
        return "\n".join(f"{kind}: {text}" for kind, texts in self.found.items() for text in texts)


def content_of(place: Place) -> Content:
    """Reads everything."""
    folder = place.output / place.name
    published = {path.name for path in (folder / "runs.parquet").glob("part-*")}
    tables = {name: _table(folder / f"{name}.parquet", published) for name in _KEYS}
    rows = {name: Counter((_key(row, name), repr(row)) for row in found) for name, found in tables.items()}
    paths = [*folder.glob("tables/*"), *folder.glob("figures/*")]
    return Content(
        rows,
        {row["run_key"]: row for row in tables["runs"]},
        {_relative(path, folder): _digest(path, place.name) for path in paths if path.name[0] != "."},
        [_relative(path, place.output) for path in _hidden(place)],
        stored(place.database, place.artifacts, place.name, place.alone),
        (folder / "report.html").is_file() and (folder / "report.html").read_bytes().endswith(b"</html>"),
    )


def audit(place: Place, whole: Content, ended: bool = True) -> Findings:
    """What is wrong with a place.

    Args:
        place: What was interrupted.
        whole: The same study, never interrupted.
        ended: Whether the command has been given again until it ended; else only what must hold at any moment is
            looked at: what is published and finished is whole and true.
    """
    found, here = Findings(), content_of(place)
    for name in _KEYS:
        _audit_table(found, name, here, whole, ended)
    _audit_runs(found, here, whole, ended)
    if ended:
        _audit_rest(found, here, whole)
    return found


def _audit_table(found: Findings, name: str, here: Content, whole: Content, ended: bool) -> None:
    mine, expected = here.rows[name], whole.rows[name]
    keys = Counter(key for key, _ in mine.elements())
    found.add("doubled", (key for key, count in keys.items() if count > 1), f"rows of {name}")
    found.add("different", (key for key, row in mine if (key, row) not in expected), f"rows of {name}")
    missing = {key for key, _ in expected} - keys.keys()
    if ended:
        found.add("lost", missing, f"rows of {name}")
    elif name == "traces":  # of a run that is published, they are there at once
        found.add("half-written", (key for key in missing if key[0] in here.numbers), "published without traces")


def _audit_runs(found: Findings, here: Content, whole: Content, ended: bool) -> None:
    expected = {run.key: run for run in whole.mlflow.runs if run.finished}
    finished = [run for run in here.mlflow.runs if run.finished]
    counts = Counter(run.key for run in here.mlflow.runs if run.active) if ended else Counter(r.key for r in finished)
    found.add("doubled", (key for key, count in counts.items() if count > 1), "runs in MLflow")
    early = (run.key for run in finished if run.key not in here.numbers and not _is_of_all(run))
    found.add("half-written", early, "in MLflow before the disk")
    for run in finished:
        if run.key in expected and (ended or not _is_of_all(run)):
            _audit_run(found, run, expected[run.key], here.numbers.get(run.key, {}), ended)
    if ended:
        found.add("lost", expected.keys() - {run.key for run in finished}, "runs in MLflow")
        found.add("half-written", (r.run_id for r in here.mlflow.runs if r.active and not r.finished), "unfinished")


def _is_of_all(run: Logged) -> bool:
    """Whether a run is about the whole study: its report, or what sums an optimizer up."""
    return run.key == _REPORT or run.key.startswith(_SUMMARY)


def _audit_run(found: Findings, run: Logged, expected: Logged, row: dict[str, Any], ended: bool) -> None:
    for what in ("params", "tags", "points", "latest", "files"):
        mine, other = getattr(run, what), getattr(expected, what)
        if what == "tags":
            mine, other = (_lasting(tags, ended) for tags in (mine, other))
        if what == "files" and not ended:
            mine, other = ({k: v for k, v in files.items() if k[:8] != "figures/"} for files in (mine, other))
        if run.key == _REPORT:  # a page has its time and its command, so that no two are the same
            mine, other = ({k: v for k, v in all_of.items() if k not in _TIMED} for all_of in (mine, other))
        found.add("half-written", other.keys() - mine.keys(), f"{what} that {run.run_id} lacks")
        wrong = [key for key, value in mine.items() if key not in other or not _same(value, other[key])]
        found.add("stale", wrong, f"{what} of {run.run_id}")
    found.add("stale", _untrue(run, row), f"metrics of {run.run_id} that are not in the table")


def _untrue(run: Logged, row: dict[str, Any]) -> list[str]:
    """The metrics that differ from the column of their name."""
    columns = {name: next((c for c in (f"final_{name[6:]}", name[6:]) if c in row), None) for name in run.latest}
    told = {name: row[column] for name, column in columns.items() if column}
    return [
        name
        for name, value in told.items()
        if value is not None and math.isfinite(value) and value != run.latest[name] and row["outcome"] == "ok"
    ]


def _audit_rest(found: Findings, here: Content, whole: Content) -> None:
    found.add("lost", whole.files.keys() - here.files.keys(), "tables and figures")
    found.add("different", (n for n, d in here.files.items() if whole.files.get(n) != d), "tables and figures")
    found.add("half-written", here.hidden, "temporary files")
    found.add("half-written", ["report.html"] * (not here.has_report), "the report")
    found.add("half-written", [*here.mlflow.orphans, *here.mlflow.unfinished_notes], "artifacts of no run")
    mine, other = here.mlflow.page, whole.mlflow.page
    found.add("half-written", other.keys() - mine.keys(), "tags of the experiment that are lacking")
    found.add("stale", (key for key in mine if mine[key] != other.get(key)), "tags of the experiment")


def _table(folder: Path, published: set[str]) -> list[dict[str, Any]]:
    """The rows of the parts that `runs` has too; a part that cannot be read has none, and is told as lost."""
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.glob("part-*.parquet")):
        if path.name in published:
            try:
                rows += pq.ParquetFile(path, page_checksum_verification=True).read().to_pylist()
            except Exception as error:  # damaged in any way
                rows.append(defaultdict(str, run_key=f"{path}: {error}"))
    return rows


def _key(row: dict[str, Any], table: str) -> Any:
    return tuple(row[name] for name in _KEYS[table])


def _hidden(place: Place) -> list[Path]:
    """Temporary files: in the study's folder, and beside the store."""
    paths = [*(place.output / place.name).rglob(".*"), *place.output.glob(".*"), *place.output.glob("mlflow.db-*")]
    shown = re.compile(r"\.\w+\.shows|" + "|".join(map(re.escape, _OURS)))
    return [path for path in paths if not shown.fullmatch(path.name)]


def _lasting(tags: dict[str, str], ended: bool) -> dict[str, str]:
    return {key: value for key, value in tags.items() if ended or key not in _MARKS}


def _same(one: Any, other: Any) -> bool:
    return bool(one == other or (one != one and other != other))


def _digest(path: Path, name: str) -> str:
    return hashlib.sha256(path.read_bytes().replace(name.encode(), b"NAME")).hexdigest()


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
