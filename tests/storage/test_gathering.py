"""Rows of shards and of other folders come into a study's own tables, each exactly once."""

import random
import shutil
from pathlib import Path

import pytest
from support.studies import assert_same, study, tables

from rmsprop_lab import run_study
from rmsprop_lab.storage.folder import Published, StudyFolder
from rmsprop_lab.storage.parts import Parts

STEPS = (0.01, 0.05, 0.1)


@pytest.fixture
def sharded(tmp_path: Path) -> Path:
    for shard in range(3):
        run_study(study(STEPS, shards=3, shard=shard), output_dir=tmp_path, tracking="none", figures=False)
    return tmp_path


def test_gathered_twice_or_broken_off_anywhere_rows_are_there_once(
    sharded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, removed = tables(sharded), Parts.remove

    def stop(parts: Parts, name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Parts, "remove", stop)
    with pytest.raises(KeyboardInterrupt):
        StudyFolder(sharded, "s").gather()
    assert_same(tables(sharded), before)  # in both folders, read once
    monkeypatch.setattr(Parts, "remove", removed)
    added = StudyFolder(sharded, "s").gather()
    assert 0 < added.runs < len(before[0])
    assert_same(tables(sharded), before)
    assert StudyFolder(sharded, "s").gather() == Published(0, 0)


def test_a_shard_that_still_publishes_loses_nothing(sharded: Path) -> None:
    part = study((*STEPS, 0.2), shards=3, shard=1)
    writer = StudyFolder(sharded, "s", shard=(1, 3))
    assert writer.run_keys()
    StudyFolder(sharded, "s").gather()
    run_study(part, output_dir=sharded, tracking="none", figures=False)
    assert writer.run_keys() == StudyFolder(sharded, "s").run_keys()
    assert StudyFolder(sharded, "s").gather().runs == len(list(part.cells)) - _not_of(part)


def _not_of(part) -> int:
    """Of the four runs with the new step size, those of other shards."""
    runs = [cell.run({"step_size": 0.2}) for cell in part.cells]
    return sum(not part.is_mine(run) for run in runs)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_folders_merged_in_any_order_and_twice_make_the_same_tables(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for index in range(3):
        steps = tuple(sorted(chance.sample((0.005, 0.01, 0.02, 0.05, 0.1), 3)))
        part = study(steps, shards=2, shard=index % 2) if chance.random() < 0.5 else study(steps)
        run_study(part, output_dir=tmp_path / str(index), tracking="none", figures=False)
    order = [str(index) for index in (0, 1, 2, 1, 0)]
    for name in ("a", "b"):
        chance.shuffle(order)
        for source in order:
            StudyFolder(tmp_path / name, "s").take(StudyFolder(tmp_path / source, "s"))
    found = tables(tmp_path / "a")
    assert_same(found, tables(tmp_path / "b"))
    assert not found[0]["run_key"].duplicated().any()
    wanted = set().union(*(StudyFolder(tmp_path / str(index), "s").run_keys() for index in range(3)))
    assert set(found[0]["run_key"]) == wanted
    shutil.rmtree(tmp_path / "a")
