"""Parts are whole or absent, nothing is doubled, and the folder reads as four tables."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from support.processes import ENVIRONMENT
from support.publishing import PROBLEM, publish, runs_of

from rmsprop_lab import load, load_traces
from rmsprop_lab.errors import InputError, ResultsError
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.run import Run
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.parts import CHECKSUMS_KEY
from rmsprop_lab.storage.schema import FORMAT_KEY, NUMERICS_KEY, SCHEMAS, traces_from


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path, "s")
    runs = [*runs_of(0.1, 0.2)]
    assert publish(folder, runs) == (2, 2)
    assert publish(folder, [Run(PROBLEM, "rmsprop", RMSProp(0.01, 0.9))], first=2) == (1, 1)
    table = load("s", tmp_path)
    assert table["step_size"].tolist() == [0.1, 0.2, 0.01]
    assert table["rho"].isna().tolist() == [True, True, False]
    assert table["run_key"].is_unique
    long = load_traces("s", [runs[1].run_key], tmp_path)
    assert len(long) == 3 * 11
    trace = folder.trace_of([run.run_key for run in runs])[runs[1].run_key]
    first = long[(long["start"] == 2) & (long["iteration"] == 4)].iloc[0]
    assert first["value"] == trace.values[4, 2]
    assert first["point"].tolist() == trace.points[4, :, 2].tolist()


def test_traces_survive_the_disk_bit_for_bit(tmp_path: Path) -> None:
    from rmsprop_lab import descend

    folder, runs = StudyFolder(tmp_path, "s"), runs_of(0.1, 1e200, 0.3)
    publish(folder, runs)
    read = folder.trace_of([run.run_key for run in runs])
    for run in runs:
        computed = descend(Bowl(), run.optimizer, PROBLEM.points, 10)
        for name in ("points", "values", "gradient_norms", "first_bad"):
            assert np.array_equal(getattr(read[run.run_key], name), getattr(computed, name), equal_nan=True)
    assert read[runs[1].run_key].diverged.all()


def test_known_runs_and_trials_are_not_written_again(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path, "s")
    publish(folder, runs_of(0.1, 0.2))
    other = StudyFolder(tmp_path, "s")  # another process, which has seen nothing yet
    assert publish(other, runs_of(0.2, 0.3), first=1) == (1, 1)
    assert publish(folder, runs_of(0.1, 0.2, 0.3)) == (0, 0)
    assert sorted(load("s", tmp_path)["step_size"]) == [0.1, 0.2, 0.3]
    assert load_traces("s", output_dir=tmp_path).groupby("run_key").size().tolist() == [33, 33, 33]


@pytest.mark.parametrize("dies_at", list(SCHEMAS))
def test_a_part_cut_off_between_its_tables_was_never_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    folder = StudyFolder(tmp_path, "s")
    publish(folder, runs_of(0.1))
    replace = Path.replace

    def dying(path: Path, target: Path) -> Path:
        if target.parent.stem == dies_at:
            path.write_bytes(b"PAR1 and no more")
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        publish(folder, runs_of(0.2), first=1)
    monkeypatch.undo()
    assert load("s", tmp_path)["step_size"].tolist() == [0.1]
    assert load_traces("s", output_dir=tmp_path)["run_key"].nunique() == 1
    assert len(folder.trials()) == 1
    publish(folder, runs_of(0.2), first=1)
    assert sorted(load("s", tmp_path)["step_size"]) == [0.1, 0.2]
    for table in SCHEMAS:
        path = tmp_path / "s" / f"{table}.parquet"
        assert len(list(path.iterdir())) == 2  # what the cut left behind is gone
        pd.read_parquet(path)  # the folder is an ordinary dataset


def test_every_part_has_the_one_schema(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path, "s")
    publish(folder, [])
    publish(folder, runs_of(0.1))
    publish(folder, [Run(PROBLEM, "rmsprop", RMSProp(0.01, 0.9))], first=1)
    for table, schema in SCHEMAS.items():
        for part in (tmp_path / "s" / f"{table}.parquet").iterdir():
            assert pq.read_schema(part).equals(schema)
            added = {CHECKSUMS_KEY} if table == "runs" else set()
            assert pq.read_schema(part).metadata.keys() == {FORMAT_KEY, NUMERICS_KEY, *added}
            assert pq.read_schema(part).metadata[FORMAT_KEY] == b"2"


CHILD = """
from rmsprop_lab.storage.folder import StudyFolder
from support.publishing import publish, runs_of
folder = StudyFolder({folder!r}, "s")
for index in range(12):
    publish(folder, runs_of(*[0.001 * (1 + index + k) for k in range(4)]), first=index)
"""


def test_processes_adding_at_once_double_nothing(tmp_path: Path) -> None:
    code = CHILD.format(folder=str(tmp_path))
    children = [subprocess.Popen([sys.executable, "-c", code], env=ENVIRONMENT) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert len(load("s", tmp_path)) == 15
    assert load("s", tmp_path)["run_key"].is_unique
    assert load_traces("s", output_dir=tmp_path).groupby("run_key").size().eq(33).all()


def test_a_missing_study_is_named_with_those_that_exist(tmp_path: Path) -> None:
    publish(StudyFolder(tmp_path, "there"), runs_of(0.1))
    with pytest.raises(InputError, match=r"'gone'.*there"):
        load("gone", tmp_path)


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path, "s")
    publish(folder, runs_of(0.1))
    (part,) = (tmp_path / "s" / "runs.parquet").iterdir()
    part.write_bytes(b"not parquet")
    with pytest.raises(ResultsError, match="part-"):
        StudyFolder(tmp_path, "s").run_keys()


def test_a_folder_that_is_read_again_and_again_has_all_its_many_parts(tmp_path: Path) -> None:
    folder, writer, steps = StudyFolder(tmp_path, "s"), StudyFolder(tmp_path, "s"), np.linspace(0.1, 0.5, 40)
    for count, step in enumerate(steps, start=1):
        publish(writer, runs_of(step), first=count)
        assert len(folder.runs()) == len(folder.run_keys()) == count
    gone = folder._whole.names()[7]
    folder._whole.remove(gone)
    fresh = StudyFolder(tmp_path, "s")
    assert folder.run_keys() == fresh.run_keys() == set(folder.runs()["run_key"])
    pd.testing.assert_frame_equal(folder.runs(), fresh.runs())


def test_traces_are_the_same_whatever_the_order_of_their_rows(tmp_path: Path) -> None:
    folder, runs = StudyFolder(tmp_path, "s"), runs_of(0.1, 0.2)
    publish(folder, runs)
    rows = folder._table("traces")
    written = traces_from(rows)
    mixed = traces_from(rows.take(np.random.default_rng(0).permutation(len(rows))))
    assert written.keys() == mixed.keys() == {run.run_key for run in runs}
    for key, trace in written.items():
        for name in ("points", "values", "gradient_norms", "iterations"):
            assert np.array_equal(getattr(trace, name), getattr(mixed[key], name))
    assert traces_from(rows[:0]) == {}
