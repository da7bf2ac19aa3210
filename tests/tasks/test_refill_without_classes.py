"""`task=refill` after a user's classes have gone: all runs are logged, and the page says what can be said."""

import shutil
from pathlib import Path

from mlflow import MlflowClient
from support.own import QUARTIC, own

from rmsprop_lab.tracking.page import OWN_RUNS


def test_the_page_is_written_though_a_class_is_gone(lab, tmp_path: Path, outputs: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    given = (
        "objective=[quartic,bowl]",
        "optimizer=[gd,rmsprop]",
        "name=s",
        "n_iter=5",
        "search=grid",
        "search.points=2",
    )
    assert lab("--config-dir", "mine", *given, "figures=false", "tracking=none").status == 0
    shutil.rmtree(tmp_path / "mine")
    ended = lab("task=refill", "name=s", "optimizer=gd")  # gd has no rho, which the runs of rmsprop have
    assert ended.status == 0
    assert "runs added to the experiment 's'" in ended.out
    client = MlflowClient(f"sqlite:///{outputs}/mlflow.db")
    experiment = client.get_experiment_by_name("s")
    note = experiment.tags["mlflow.note.content"]
    assert "quartic" in note
    assert "nothing is ranked" in note  # a part would be taken for the study
    assert len(client.search_runs([experiment.experiment_id], OWN_RUNS, max_results=1000)) == 24
