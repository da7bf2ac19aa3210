"""What lies on disk has a version and checksums, and a study is read from its shards' folders too."""

import json
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.publishing import publish, runs_of

from rmsprop_lab import load, load_traces, run_study
from rmsprop_lab.errors import DamageWarning, InputError, ResultsError
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.schema import SCHEMAS


def published(output_dir: Path, *steps: float, name: str = "s") -> Path:
    publish(StudyFolder(output_dir, name), runs_of(*steps))
    return output_dir / name


def test_a_folder_says_its_version(tmp_path: Path) -> None:
    assert json.loads((published(tmp_path, 0.1) / "format.json").read_text()) == {"version": 2}


def test_a_format_from_the_future_is_refused_and_nothing_changes(tmp_path: Path, lab) -> None:
    path = published(tmp_path / "outputs", 0.1)
    (path / "format.json").write_text('{"version": 3}')
    before = {file: file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}
    for task in ("run", "refill", "landscape", "optuna"):
        ended = lab(f"task={task}", "name=s", "optimizer=[rmsprop,gd]")
        assert ended.status == 2
        assert "name: expected a study of format 2 or earlier" in ended.err
        assert "which is of format 3. A newer rmsprop-lab wrote it" in ended.err
        assert "Traceback" not in ended.err
    with pytest.raises(InputError, match="of format 3"):
        load("s", tmp_path / "outputs")
    assert {file: file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()} == before


DAMAGED = ["", "[]", '{"version": "2"}', "{", '{"versions": 2}', '{"version": 0}', '{"version": true}', "null", "\x00"]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_format_that_is_damaged_is_told_by_the_tables_and_written_again(tmp_path: Path, text: str) -> None:
    path = published(tmp_path, 0.1)
    (path / "format.json").write_text(text)
    assert len(load("s", tmp_path)) == 1
    assert (path / "format.json").read_text() == text  # a reader changes nothing
    with pytest.warns(DamageWarning, match=r"format\.json is damaged; it is set aside") as told:
        StudyFolder(tmp_path, "s").mend()
    assert len(told) == 1
    assert json.loads((path / "format.json").read_text()) == {"version": 2}
    assert (path / "damaged/format.json").read_text() == text
    StudyFolder(tmp_path, "s").mend()  # and nobody is warned again


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_stands_in_its_place_is_set_aside(tmp_path: Path, kind: str) -> None:
    path = published(tmp_path, 0.1)
    (path / "format.json").unlink()
    (path / "format.json").mkdir() if kind == "folder" else os.mkfifo(path / "format.json")
    with pytest.warns(DamageWarning, match=r"format\.json"):
        StudyFolder(tmp_path, "s").mend()
    assert json.loads((path / "format.json").read_text()) == {"version": 2}


@pytest.mark.parametrize("parts", ["none", "damaged"])
def test_a_format_that_nothing_tells_is_refused(tmp_path: Path, parts: str) -> None:
    path = published(tmp_path, 0.1)
    (path / "format.json").write_text("{")
    for part in [*path.glob("*.parquet/*")]:
        part.unlink() if parts == "none" else part.write_bytes(b"junk")
    with pytest.raises(InputError, match=r"format\.json.*No table tells it either.* fresh=true"):
        load("s", tmp_path)


def test_the_parts_of_shards_tell_it_too(tmp_path: Path) -> None:
    path = published(tmp_path, 0.1)
    (path / "shards/0-of-2").mkdir(parents=True)
    for table in SCHEMAS:
        (path / f"{table}.parquet").rename(path / f"shards/0-of-2/{table}.parquet")
    (path / "format.json").write_text("{")
    assert len(load("s", tmp_path)) == 1


def test_a_part_of_another_format_is_never_read_as_one_of_this(tmp_path: Path) -> None:
    """Without its new columns, a score would silently be another number, or none."""
    path = published(tmp_path, 0.1, 0.2)
    (part,) = (path / "runs.parquet").iterdir()
    rows = pq.read_table(part).drop_columns(["mean_log10_gap"]).replace_schema_metadata(None)
    pq.write_table(rows, part)
    for table in SCHEMAS:  # a name without a checksum, as before parts had them
        (without,) = (path / f"{table}.parquet").iterdir()
        without.rename(without.with_name("part-00000-0123abcd.parquet"))
    with pytest.raises(ResultsError, match="is not of format 2"):
        load("s", tmp_path)


@pytest.mark.parametrize("table", list(SCHEMAS))
def test_a_flipped_bit_is_noticed(tmp_path: Path, table: str) -> None:
    path = published(tmp_path, 0.1, 0.2)
    (part,) = (path / f"{table}.parquet").iterdir()
    content = bytearray(part.read_bytes())
    column = pq.ParquetFile(part).metadata.row_group(0).column(2)
    content[column.data_page_offset + column.total_compressed_size - 3] ^= 0x10
    part.write_bytes(content)
    folder = StudyFolder(tmp_path, "s")
    readers = {"runs": folder.runs, "trials": folder.trials, "traces": folder.traces, "starts": folder.starts}
    with pytest.raises(ResultsError, match="damaged"):
        readers[table]()


def test_the_folders_of_shards_are_read_too_and_what_they_share_counts_once(tmp_path: Path) -> None:
    path = published(tmp_path, 0.1, 0.2)
    for number, steps in enumerate([(0.2, 0.3), (0.3, 0.4, 0.1)]):
        published(tmp_path / "other", *steps, name=str(number))
        shutil.copytree(tmp_path / "other" / str(number), path / "shards" / f"{number}-of-2")
    folder = StudyFolder(tmp_path, "s")
    assert sorted(load("s", tmp_path)["step_size"]) == [0.1, 0.2, 0.3, 0.4]
    assert len(folder.run_keys()) == 4
    assert load_traces("s", output_dir=tmp_path).groupby("run_key").size().tolist() == [33] * 4
    assert folder.starts().groupby("run_key").size().tolist() == [3] * 4
    assert not folder.trials().duplicated(["cell", "repeat", "trial", "phase"]).any()
    assert publish(folder, runs_of(0.4)).runs == 0  # known from a shard


def test_pandas_reads_a_table_whole(tmp_path: Path) -> None:
    path = published(tmp_path, 0.1, 0.2)
    for table, schema in SCHEMAS.items():
        assert pa.Table.from_batches(pq.read_table(path / f"{table}.parquet").to_batches()).column_names == schema.names


def test_a_study_from_python_meets_the_same_refusal(tmp_path: Path) -> None:
    from support.studies import study

    path = published(tmp_path, 0.1)
    (path / "format.json").write_text('{"version": 99}')
    with pytest.raises(InputError, match="of format 99"):
        run_study(study(), output_dir=tmp_path, tracking="none")
