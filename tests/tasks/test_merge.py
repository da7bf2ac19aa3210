"""`task=merge` brings the runs of other folders here: all, once, and only from folders that can be right."""

import json
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from support.mlflow_runs import runs_in

from rmsprop_lab import load
from rmsprop_lab.storage import schema
from rmsprop_lab.storage.folder import StudyFolder

GRID = ("objective=[bowl,rosenbrock]", "optimizer=[gd,rmsprop]", "search=grid", "search.points=3", "n_iter=20")
FEW = ("starts.count=3", "evaluation.count=4", "figures=false", "name=s")


@pytest.fixture
def folders(lab, tmp_path: Path) -> Path:
    """Three machines with a shard each; the second has runs of the first as well."""
    for shard in range(3):
        given = (*GRID, *FEW, "tracking=none", f"output_dir=m{shard}")
        assert lab(*given, "shards=3", f"shard={shard}").status == 0
    assert lab(*GRID, *FEW, "tracking=none", "output_dir=m1", "optimizer=gd", "evaluation.count=0").status == 0
    return tmp_path


@pytest.mark.slow
def test_overlapping_folders_make_the_whole_study_once(lab, folders: Path) -> None:
    assert lab(*GRID, *FEW, "tracking=none", "output_dir=whole").status == 0
    ended = lab("task=merge", "name=s", "from=[m0,m1/s,m2,m0/s]")
    assert ended.status == 0, ended.err
    assert " were there" in ended.out
    merged = load("s")["run_key"]
    assert merged.is_unique
    again = lab("task=merge", "name=s", "from=[m2,m1]")
    assert again.out.startswith("merge    0 of ")
    refilled = lab("task=refill", "name=s")
    assert f"{len(merged)} of {len(merged)} runs added" in refilled.out
    assert "without a contour plot" not in refilled.out
    closed = lab(*GRID, *FEW)
    assert closed.status == 0
    for name in ("ranking.csv", "searches.csv"):
        assert (folders / "outputs/s/tables" / name).read_text() == (folders / "whole/s/tables" / name).read_text()
    _, runs = runs_in(folders / "outputs")
    keys = [run.data.tags["run_key"] for run in runs]
    assert len(keys) == len(set(keys)) == len(load("s"))


def test_damaged_parts_are_left_out_and_named_and_the_command_computes_them(lab, folders: Path) -> None:
    part = sorted((folders / "m0/s/shards/0-of-3/traces.parquet").iterdir())[0]
    os.truncate(part, 50)
    ended = lab("task=merge", "name=s", "from=[m0,m1,m2]")
    assert ended.status == 0
    assert f"damaged  {part.relative_to(folders)} is damaged" in ended.out
    assert part.stat().st_size == 50  # the other folder stays as it is
    closed = lab(*GRID, *FEW, "tracking=none")
    assert closed.status == 0
    assert load("s")["run_key"].is_unique


def refused(lab, source: str, expected: str) -> None:
    ended = lab("task=merge", "name=s", f"from=[{source}]")
    assert ended.status == 2, ended.out
    assert ended.err.startswith("rmsprop-lab: from: expected ")
    assert expected in ended.err
    assert not Path("outputs").exists()


def test_only_folders_with_runs_of_this_version_are_merged(lab, folders: Path, monkeypatch) -> None:
    (folders / "empty").mkdir()
    refused(lab, "empty", "a study 's'")
    refused(lab, "nowhere", "nowhere")
    shutil.move("m0/s", "m0/other")
    refused(lab, "m0", "which has the studies other. Try from=[m0/other].")
    Path("m1/s/format.json").write_text(json.dumps({"version": 99}))
    refused(lab, "m1", "of format 99")
    Path("m1/s/format.json").write_bytes(b"\xff")
    refused(lab, "m1", "format.json")
    Path("m1/s/format.json").unlink()
    os.mkfifo("m1/s/format.json")
    refused(lab, "m1", "format.json")
    monkeypatch.setattr("rmsprop_lab.tasks.merge.NUMERICS_VERSION", 2)
    refused(lab, "m2", "with runs of version 1")


def test_a_folder_is_not_merged_into_itself(lab, folders: Path) -> None:
    for path in ("m0", "m0/s", "m0/../m0/s"):
        ended = lab("task=merge", "name=s", "output_dir=m0", f"from=[{path}]")
        assert ended.status == 2
        assert "that of the study itself" in ended.err


def test_parts_say_which_arithmetic_computed_them(folders: Path) -> None:
    (part, *_) = (folders / "m0/s/shards/0-of-3/runs.parquet").iterdir()
    assert pq.read_schema(part).metadata[schema.NUMERICS_KEY] == b"1"
    assert StudyFolder(folders / "m0", "s").numerics == {1}


def test_what_is_no_record_of_a_command_stays_behind(lab, folders: Path) -> None:
    os.mkfifo("m0/s/commands/pipe.yaml")
    Path("m0/s/commands/huge.yaml").write_text("x: [" + "1, " * 2_000_000 + "1]")
    ended = lab("task=merge", "name=s", "from=[m0]")
    assert ended.status == 0
    assert ended.out.count("left out ") == 2
    assert not {"pipe.yaml", "huge.yaml"} & {path.name for path in Path("outputs/s/commands").iterdir()}
