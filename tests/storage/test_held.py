"""Rows that wait to be published are there for whoever computed them, and for nobody else."""

from pathlib import Path

from support.publishing import publish, runs_of, tables_of, trials_of

from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.plan.run import Run
from rmsprop_lab.storage.folder import StudyFolder


def hold(folder: StudyFolder, runs: list[Run], first: int = 0) -> None:
    tables = tables_of(compute(runs), trials_of(runs, first))
    folder.held.add({name: [table] for name, table in tables.items()})


def test_they_are_found_by_their_own_folder_alone(tmp_path: Path) -> None:
    folder, runs = StudyFolder(tmp_path, "s"), runs_of(0.1, 0.2)
    keys = {run.run_key for run in runs}
    publish(folder, runs[:1])
    hold(folder, runs[1:], first=1)
    assert folder.run_keys() == folder.start_keys() == set(folder.trace_of(list(keys))) == keys
    assert folder.run_keys([runs[1].run_key, "another"]) == {runs[1].run_key}
    assert len(folder.trials()) == len(folder.trial_keys()) == 2
    assert StudyFolder(tmp_path, "s").run_keys() == {runs[0].run_key}
    assert folder.publish_held() == (1, 1)
    assert folder.publish_held() == (0, 0)
    assert StudyFolder(tmp_path, "s").run_keys() == folder.run_keys() == keys


def test_what_another_process_publishes_meanwhile_is_there_once(tmp_path: Path) -> None:
    folder, runs = StudyFolder(tmp_path, "s"), runs_of(0.1, 0.2)
    hold(folder, runs)
    publish(StudyFolder(tmp_path, "s"), runs[:1])
    assert len(folder.runs()) == len(folder.trials()) == 2
    assert len(folder.starts()) == 2 * 3
    assert folder.publish_held() == (1, 1)
    assert len(folder.runs()) == len(StudyFolder(tmp_path, "s").runs()) == 2
