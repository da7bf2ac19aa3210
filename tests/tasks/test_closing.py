"""What shards lack is known by shard, for every kind of search, whatever was computed so far."""

import dataclasses
from pathlib import Path

import pytest
from support.searching import tuned_pairs
from support.studies import study, tuned

from rmsprop_lab import Starts, Study, run_study
from rmsprop_lab.errors import InputError
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.closing import lacking

STUDIES = {
    "grid": study(evaluation=Starts("fresh", count=5)),
    "none": study(method="none"),
    "random": tuned_pairs(6, "random"),
    "tpe": tuned_pairs(),
    "repeats": tuned_pairs(4, "random"),
}


def split(whole: Study, shards: int) -> list[Study]:
    return [dataclasses.replace(whole, shards=shards, shard=shard) for shard in range(shards)]


@pytest.mark.parametrize("name", STUDIES)
def test_each_shard_lacks_its_runs_until_it_has_run(name: str, tmp_path: Path) -> None:
    parts = split(STUDIES[name], 3)
    folder = StudyFolder(tmp_path, parts[0].name)
    left = lacking(parts[0], folder)
    cells = [cell for each in parts[0].cells for cell in ([parts[0].reference(each)] if parts[0].evaluates else [])]
    assert sum(left.values()) == sum(map(len, parts[0].cells)) + len(cells)
    for part in parts[::-1]:
        run_study(part, output_dir=tmp_path, tracking="none", figures=False)
        left.pop(part.shard, None)
        assert lacking(parts[0], StudyFolder(tmp_path, part.name)) == left
    assert not left


def test_runs_of_another_plan_fill_no_gap(tmp_path: Path) -> None:
    run_study(study((0.02,)), output_dir=tmp_path, tracking="none", figures=False)
    part = split(study((0.01, 0.1)), 2)[0]
    assert sum(lacking(part, StudyFolder(tmp_path, "s")).values()) == 8


@pytest.mark.parametrize(("whole", "most"), [(study(), 8), (study(method="none"), 4), (tuned(), 1)])
def test_more_shards_than_pieces_of_work_are_refused(whole: Study, most: int) -> None:
    assert whole.pieces == most
    with pytest.raises(InputError, match=f"shards: expected at most {most}"):
        dataclasses.replace(whole, shards=most + 1)
