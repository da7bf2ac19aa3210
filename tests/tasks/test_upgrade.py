"""A folder that version 1 left, read by this version: measured again, told, or left alone."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from mlflow import MlflowClient
from support.catalogue import ROOT
from support.mlflow_runs import runs_in
from support.version_1 import unpack

from rmsprop_lab import load, load_traces
from rmsprop_lab.errors import ResultsError
from rmsprop_lab.storage.folder import StudyFolder

TPE = (*("name=first", "objective=bowl", "optimizer=rmsprop", "search=tpe", "search.trials=3", "search.batch=8"),
       *("n_iter=30", "starts.count=3", "evaluation.count=3", "figures=false", "trust=true"))  # fmt: skip
MEASURED = "version 1: the folder was of format 1; {} runs were measured again, to their own run keys"


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    return unpack(tmp_path)


def old_rows(outputs: Path, name: str = "first") -> dict[str, dict]:
    """The runs as version 1 wrote them, by run key."""
    return {row["run_key"]: row for row in pq.read_table(outputs / name / "runs.parquet").to_pylist()}


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_no_file_of_the_fixture_has_a_path_or_the_name_of_a_machine(version_1: Path) -> None:
    """`unpack` puts the path of the test's folder in."""
    for path in version_1.parent.rglob("*"):
        content = path.read_bytes().replace(str(version_1.parent).encode(), b"") if path.is_file() else b""
        for place in ("/tmp/", "/home/", "/root", str(ROOT)):
            assert place.encode() not in content


@pytest.mark.slow
def test_every_run_is_measured_again_to_its_own_key_by_the_same_command(version_1: Path, lab) -> None:
    old, logged = old_rows(version_1), runs_in(version_1, "first")[1]
    ids = {run.data.tags["run_key"]: run.info.run_id for run in logged}
    ended = lab(*TPE)
    assert ended.status == 0
    assert [line for line in ended.err.splitlines() if "version 1" in line] == [MEASURED.format(12)]
    assert "nothing to compute, all 6 runs were on disk" in ended.out
    new = load("first", version_1).set_index("run_key")
    (quartic,) = new.index[new["objective"] == "quartic"]  # whose class version 1 identified by its file's bytes
    (former,) = (key for key, row in old.items() if row["objective"] == "quartic")
    assert {former if key == quartic else key for key in new.index} == set(old)
    for key, row in old.items():
        for name in ("final_value", "gradient_norm", "evaluations", "diverged", "outcome"):
            assert new.loc[quartic if key == former else key, name] == row[name]
    assert new["mean_log10_gap"].notna().sum() == 11
    assert new["mean_value"].notna().sum() == 1
    assert set(load_traces("first", output_dir=version_1)["run_key"]) == set(new.index)
    assert not (version_1 / "first" / "version-1").exists()
    again = lab(*TPE)
    assert "version 1" not in again.err
    _assert_logged(version_1, {key if key != former else quartic: run_id for key, run_id in ids.items()}, new)


def _assert_logged(outputs: Path, ids: dict[str, str], new) -> None:
    """MLflow has the new measures under the same runs, and no other runs."""
    _, runs = runs_in(outputs, "first")
    assert {run.data.tags["run_key"]: run.info.run_id for run in runs} == ids
    for run in runs:
        row, metrics = new.loc[run.data.tags["run_key"]], run.data.metrics
        score = "mean_value" if np.isnan(row["mean_log10_gap"]) else "mean_log10_gap"
        assert metrics[f"final/{score}"] == row[score]
        if np.isfinite(row["final_gap"]):
            assert metrics["final/gap"] == row["final_gap"]
            assert metrics["final/log10_gap"] == np.log10(row["final_gap"])


@pytest.mark.slow
def test_a_store_that_was_away_gets_the_new_measures_later(version_1: Path, lab) -> None:
    assert lab(*TPE, "tracking=none").status == 0
    assert lab("task=refill", "name=first", "trust=true").status == 0
    _, runs = runs_in(version_1, "first")
    assert len(runs) == 12
    assert all({"final/mean_log10_gap", "final/mean_value"} & run.data.metrics.keys() for run in runs)


@pytest.mark.slow
def test_a_store_written_run_by_run_gets_the_new_measures_too(version_1: Path, lab) -> None:
    assert lab(*TPE, "tracking.writer=client").status == 0
    _, runs = runs_in(version_1, "first")
    assert len(runs) == 12
    assert all({"final/mean_log10_gap", "final/mean_value"} & run.data.metrics.keys() for run in runs)


def test_a_class_that_is_gone_is_named_and_its_runs_are_left_untouched(version_1: Path, lab) -> None:
    shutil.rmtree(version_1.parent / "mine")
    old = {path.name: path.read_bytes() for path in (version_1 / "first").rglob("part-*")}
    ended = lab(*TPE, "tracking=none")
    assert ended.status == 0
    told = [line for line in ended.err.splitlines() if line.startswith("version 1")]
    assert told[0] == MEASURED.format(11)
    assert "1 run of rmsprop on quartic cannot be measured again" in told[1]
    assert "mine/quartic.py" in told[1]
    assert told[1].endswith("left in outputs/first/version-1")
    kept = {path.name: path.read_bytes() for path in (version_1 / "first" / "version-1").rglob("part-*")}
    assert kept == old
    assert "quartic" not in set(load("first", version_1)["objective"])
    again = lab(*TPE, "tracking=none")
    assert "1 run of rmsprop on quartic cannot be measured again" in again.err
    assert "measured again, to" not in again.err


def test_a_folder_of_which_nothing_can_be_found_again_is_refused_and_left_as_it_was(version_1: Path, lab) -> None:
    shutil.rmtree(version_1.parent / "mine")
    before = files_of(version_1 / "own")
    for arguments in (["optimizer=gd"], ["task=refill"], ["task=landscape", "optimizer=rmsprop"]):
        ended = lab("name=own", "trust=true", *arguments)
        assert ended.status == 2
        assert "which is of format 1: 1 run of rmsprop on quartic cannot be found again." in ended.err
    with pytest.raises(ResultsError, match="is of format 1"):
        load("own", version_1)
    after = files_of(version_1 / "own")
    after.pop(".lock", None)
    assert after == before
    _, runs = runs_in(version_1, "own")
    assert len(runs) == 1


@pytest.mark.filterwarnings("ignore::rmsprop_lab.errors.ContractWarning")  # of its gradient, which is not changed
def test_a_changed_class_counts_as_gone(version_1: Path, lab) -> None:
    module = version_1.parent / "mine" / "quartic.py"
    module.write_text(module.read_text(encoding="utf-8").replace("4.0 * point", "4.5 * point"), encoding="utf-8")
    ended = lab(*TPE, "tracking=none")
    assert "1 run of rmsprop on quartic cannot be measured again" in ended.err
    assert len(load("first", version_1)) == 11


def test_an_upgrade_that_is_killed_anywhere_goes_on(version_1: Path, lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """First between the renames of its tables, then between two publications."""
    keys, rename = set(old_rows(version_1)), Path.rename

    def dying(path: Path, target: Path) -> Path:
        if path.name == "runs.parquet":
            raise KeyboardInterrupt
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", dying)
        assert lab(*TPE, "tracking=none").status == 130
    assert StudyFolder(version_1, "first").version == 1
    publish, left = StudyFolder.publish, 3

    def dying_later(folder, tables):
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return publish(folder, tables)

    with monkeypatch.context() as patched:
        patched.setattr(StudyFolder, "publish", dying_later)
        assert lab(*TPE, "tracking=none").status == 130
    assert 0 < len(load("first", version_1)) < 12
    assert lab(*TPE, "tracking=none").status == 0
    new = load("first", version_1)
    assert len(new) == len(keys) == 12
    assert len(set(new["run_key"]) & keys) == 11
    assert not (version_1 / "first" / "version-1").exists()


def test_from_python_a_study_measures_its_own_runs_of_version_1(version_1: Path) -> None:
    from rmsprop_lab import Starts, Study, run_study
    from rmsprop_lab.objectives import MonkeySaddle
    from rmsprop_lab.optimizers import GD

    given = Study("first", {"monkey_saddle": MonkeySaddle()}, {"gd": GD(0.01)}, Starts(count=3), n_iter=30)
    summary = run_study(given, output_dir=version_1, tracking="none", figures=False)
    assert summary.computed == 0
    assert load("first", version_1)["objective"].tolist() == ["monkey_saddle"]
    assert len(list((version_1 / "first" / "version-1" / "runs.parquet").iterdir())) == 9


def test_the_experiment_of_version_1_keeps_its_id(version_1: Path, lab) -> None:
    client = MlflowClient(f"sqlite:///{version_1}/mlflow.db")
    before = client.get_experiment_by_name("first").experiment_id
    lab(*TPE)
    assert client.get_experiment_by_name("first").experiment_id == before
