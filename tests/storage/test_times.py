"""When runs were computed stays known, however they come into the study's own tables; nothing depends on it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.publishing import publish, runs_of, tables_of, trials_of

from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.evaluation.span import Span
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.times import NAME, TIMES, time_table, write_times

STEPS = (0.1, 0.2, 0.3)


def publish_timed(folder: StudyFolder, *steps: float, first: int = 0) -> dict[str, Span]:
    """Publishes runs with their times, and returns these."""
    runs = runs_of(*steps)
    parts = compute(runs)
    with folder.lock():
        folder.publish(tables_of(parts, trials_of(runs, first)) | {NAME: pa.concat_tables(map(time_table, parts))})
    return {key: span for part in parts for key, span in zip(part.run_keys, part.spans, strict=True)}


def test_times_are_those_of_computing_in_its_order(tmp_path: Path) -> None:
    folder, before = StudyFolder(tmp_path, "s"), int(time.time() * 1000)
    measured = publish_timed(folder, *STEPS)
    assert folder.spans(measured) == measured
    assert StudyFolder(tmp_path, "s").spans(measured) == measured
    spans = list(measured.values())
    assert spans == sorted(spans)
    assert before <= spans[0].began
    assert all(span.began < span.ended <= time.time() * 1000 + 3 for span in spans)
    assert folder.spans([]) == {}
    assert folder.spans(["not there"]) == {}


def test_the_tables_are_the_same_with_times_and_without(tmp_path: Path) -> None:
    publish_timed(StudyFolder(tmp_path, "timed"), *STEPS)
    publish(StudyFolder(tmp_path, "untimed"), runs_of(*STEPS))
    parts = [sorted(path.relative_to(tmp_path / name) for path in tmp_path.glob(f"{name}/*/part-*")) for name in NAMES]
    assert [path for path in parts[0] if path.parent.stem != NAME] == parts[1], "their names have checksums"


NAMES = ("timed", "untimed")


def test_of_runs_without_times_the_part_s_is_taken(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path, "s")
    publish(folder, runs_of(*STEPS))
    (part,) = (tmp_path / "s/runs.parquet").iterdir()
    os.utime(part, (1e9, 1e9))
    assert set(folder.spans(folder.run_keys()).values()) == {Span(10**12, 10**12)}
    assert not (tmp_path / "s/times.parquet").exists()


def test_only_new_runs_get_times(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path, "s")
    first = publish_timed(folder, 0.1, 0.2)
    later = publish_timed(folder, 0.2, 0.3, first=2)
    assert folder.spans({*first, *later}) == later | first


@pytest.mark.parametrize("shard", [None, (0, 2)])
def test_times_travel_with_the_runs(tmp_path: Path, shard: tuple[int, int] | None) -> None:
    part = StudyFolder(tmp_path, "s", shard=shard)
    measured = publish_timed(part, *STEPS)
    whole = StudyFolder(tmp_path, "s")
    assert whole.spans(measured) == measured
    whole.gather()
    assert StudyFolder(tmp_path, "s").spans(measured) == measured
    assert not list(tmp_path.glob("s/shards/*/*.parquet"))
    other = StudyFolder(tmp_path / "other", "s")
    other.take(whole)
    assert other.spans(measured) == measured


def test_a_time_that_was_not_measured_is_not_that_of_the_merge(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path, "s")
    publish(folder, runs_of(*STEPS))
    (part,) = (tmp_path / "s/runs.parquet").iterdir()
    os.utime(part, (1e9, 1e9))
    other = StudyFolder(tmp_path / "other", "s")
    other.take(folder)
    assert set(other.spans(other.run_keys()).values()) == {Span(10**12, 10**12)}


def wrong_rows(began: int | None, ended: int | None) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        keys = pq.read_table(path)["run_key"]
        columns = [keys, *(pa.array([value] * len(keys), pa.int64()) for value in (began, ended))]
        pq.write_table(pa.Table.from_arrays(columns, schema=TIMES), path)

    return write


DAMAGES: dict[str, Callable[[Path], object]] = {
    "lost": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "another's": lambda path: pq.write_table(pa.table({"x": ["a"]}), path),
    "of words": lambda path: pq.write_table(pa.table({"run_key": ["a"], "began": ["b"], "ended": ["c"]}), path),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "ended before it began": wrong_rows(5, 4),
    "negative": wrong_rows(-5, 4),
    "empty values": wrong_rows(None, None),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_times_damage_nothing(tmp_path: Path, damage: str) -> None:
    folder = StudyFolder(tmp_path, "s")
    publish_timed(folder, *STEPS)
    (path,) = (tmp_path / "s/times.parquet").iterdir()
    DAMAGES[damage](path)
    (part,) = (tmp_path / "s/runs.parquet").iterdir()
    os.utime(part, (1e9, 1e9))
    folder = StudyFolder(tmp_path, "s")
    folder.mend()
    assert len(folder.run_keys()) == 3
    assert set(folder.spans(folder.run_keys()).values()) == {Span(10**12, 10**12)}


def test_a_disk_that_takes_no_times_loses_no_runs(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path, "s")
    (tmp_path / "s").mkdir()
    (tmp_path / "s/times.parquet").write_text("a file in the folder's place")
    measured = publish_timed(folder, *STEPS)
    assert folder.run_keys() == measured.keys()
    write_times(tmp_path / "s", "part-0.parquet", TIMES.empty_table())
