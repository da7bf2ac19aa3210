"""A study that is interrupted keeps what was computed, and what it has is not computed again."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from support.searching import tuned_pairs
from support.studies import assert_same, study, tables, tuned

from rmsprop_lab import Range, Search, StudyInterrupted, run_study
from rmsprop_lab.storage import buffer
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks import cells
from rmsprop_lab.tasks import cells as work
from rmsprop_lab.tasks.cells import Work


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the runs whose descents are computed, in order."""
    keys: list[str] = []
    compute = cells.compute

    def counting(runs: Any, traced: bool = True) -> Any:
        if traced:  # without a trace, a winner's starts are measured
            keys.extend(run.run_key for run in runs)
        return compute(runs, traced=traced)

    monkeypatch.setattr(cells, "compute", counting)
    return keys


def stop_after(trials: int) -> Any:
    def stop(done: int, total: int, doing: str) -> None:
        if done >= trials:
            raise KeyboardInterrupt

    return stop


@pytest.mark.parametrize("method", ["tpe", "random", "grid"])
def test_what_is_on_disk_is_not_computed_again(method: str, tmp_path: Path, computed: list[str]) -> None:
    made = study() if method == "grid" else tuned(method)
    with pytest.raises(StudyInterrupted):
        run_study(made, output_dir=tmp_path, tracking="none", figures=False, on_progress=stop_after(5))
    there = StudyFolder(tmp_path, "s").run_keys()
    computed.clear()
    run_study(made, output_dir=tmp_path, tracking="none", figures=False)
    assert computed
    assert not there & set(computed)
    computed.clear()
    run_study(made, output_dir=tmp_path, tracking="none", figures=False)
    assert computed == []


def test_ctrl_c_publishes_what_was_not_on_disk_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffer, "_MOST_SECONDS", 3600.0)
    made = tuned(evaluation=None)
    with pytest.raises(StudyInterrupted) as stopped:
        run_study(made, output_dir=tmp_path, tracking="none", figures=False, on_progress=stop_after(8))
    assert stopped.value.summary.computed == 8
    assert len(StudyFolder(tmp_path, "s").trials()) == 8


def test_an_incomplete_search_is_not_widened(tmp_path: Path) -> None:
    """Its best so far may lie at an edge that its winner will not lie at."""

    def widening(trials: int) -> Any:
        space = {"rmsprop": {"step_size": Range(1e-6, 1e-4, "log")}}  # the best is at its upper end
        return tuned(search=Search("random", trials=trials, widen=True), spaces=space, evaluation=None)

    whole = run_study(widening(40), output_dir=tmp_path, tracking="none", figures=False)
    assert whole.winners[0].cell.key != whole.study.cells[0].key  # it was widened
    work = Work(widening(48), StudyFolder(tmp_path, "s"), None, lambda cell, steps: None)
    work.recall()
    assert work.winners[0].cell.key == whole.study.cells[0].key


@pytest.mark.parametrize("parts", [1, 3, 7, 12])
def test_interrupted_anywhere_and_resumed_equals_uninterrupted(
    tmp_path: Path, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_study(tuned_pairs(), output_dir=tmp_path / "whole", tracking="none", figures=False)
    compute, calls = work.compute, itertools.count()

    def cut_off(runs: Any) -> Any:
        if next(calls) == parts:
            raise KeyboardInterrupt
        return compute(runs)

    monkeypatch.setattr(work, "compute", cut_off)
    with pytest.raises(KeyboardInterrupt):
        run_study(tuned_pairs(), output_dir=tmp_path / "cut", tracking="none", figures=False)
    run_study(tuned_pairs(), output_dir=tmp_path / "cut", tracking="none", figures=False)
    assert_same(tables(tmp_path / "cut"), tables(tmp_path / "whole"))
