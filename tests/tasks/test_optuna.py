"""`task=optuna`: the searches of a study as a database for optuna-dashboard."""

from pathlib import Path

import optuna
import pytest
from support.studies import study, tuned

from rmsprop_lab import InputError, Search, run_study
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.optuna import write_searches


def test_finished_searches_are_written_with_all_their_trials(tmp_path: Path) -> None:
    made = tuned(search=Search("tpe", trials=6, batch=4, repeats=2))
    summary = run_study(made, output_dir=tmp_path, tracking="none", figures=False)
    written = write_searches([made], StudyFolder(tmp_path, "s"))
    assert (written.searches, written.trials) == (2, 12)
    studies = optuna.get_all_study_summaries(f"sqlite:///{written.path}")
    assert [each.n_trials for each in studies] == [6, 6]
    assert sorted(each.best_trial.value for each in studies) == sorted(winner.score for winner in summary.winners)


def test_nothing_to_write_is_said(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path, tracking="none", figures=False)
    with pytest.raises(InputError, match="a finished search by random"):
        write_searches([study()], StudyFolder(tmp_path, "s"))
    assert not (tmp_path / "s/optuna.db").exists()


def test_the_command_writes_what_earlier_commands_searched(lab, tmp_path: Path) -> None:
    few = ("tracking=none", "figures=false", "n_iter=10", "starts.count=2", "name=mine")
    lab("objective=himmelblau", "optimizer=[gd,rmsprop]", "search=tpe", "search.trials=5", *few)
    lab("objective=bowl", "optimizer=gd", "search=random", "search.trials=3", "search.score=final_gap", *few)
    assert not (tmp_path / "outputs/mine/optuna.db").exists()
    ended = lab("task=optuna", "name=mine")
    assert ended.status == 0, ended.err
    assert "3 searches with 13 trials: outputs/mine/optuna.db" in ended.out
    assert "optuna-dashboard sqlite:///outputs/mine/optuna.db" in ended.out
    names = [each.study_name for each in optuna.get_all_study_summaries(f"sqlite:///{tmp_path}/outputs/mine/optuna.db")]
    assert len(names) == 3


def test_a_study_without_runs_is_refused_and_nothing_created(lab, tmp_path: Path) -> None:
    ended = lab("task=optuna", "name=none")
    assert ended.status == 2
    assert "the name of a study that has runs" in ended.err
    assert not list(tmp_path.iterdir())
