"""Parts are published in any order, by whoever comes first, and the tables are the same."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from support.publishing import CELL, runs_of, tables_of
from support.studies import assert_same, tables

from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.storage.folder import Published, StudyFolder
from rmsprop_lab.storage.schema import trial_table

RUNS = runs_of(*(0.05 * (1 + number) for number in range(6)))
COMPUTED = [compute([run])[0] for run in RUNS]
NUMBERS = range(len(RUNS))


def publish(folder: StudyFolder, numbers: Sequence[int]) -> Published:
    """Publishes these runs in this order, each as the trial of its number."""
    parts = [COMPUTED[number] for number in numbers]
    trials = trial_table(CELL, {number: RUNS[number] for number in numbers}, dict.fromkeys(numbers, 1.0))
    with folder.lock():
        return folder.publish(tables_of(parts, trials))


def whole() -> tuple[pd.DataFrame, ...]:
    with tempfile.TemporaryDirectory() as folder:
        publish(StudyFolder(folder, "s"), NUMBERS)
        return tables(Path(folder))


WHOLE = whole()
PARTS = st.lists(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4, unique=True), max_size=4)


@settings(max_examples=12, deadline=None)
@given(parts=PARTS, last=st.permutations(NUMBERS), writers=st.integers(1, 3))
def test_parts_that_overlap_leave_the_tables_of_the_whole(
    parts: list[list[int]], last: list[int], writers: int
) -> None:
    """Several processes, each of which has seen what the others did only when it publishes itself."""
    with tempfile.TemporaryDirectory() as folder:
        folders = [StudyFolder(folder, "s") for _ in range(writers)]
        done = [publish(folders[turn % writers], part) for turn, part in enumerate([*parts, last])]
        assert sum(part.runs for part in done) == sum(part.trials for part in done) == len(RUNS)
        assert_same(tables(Path(folder)), WHOLE)
