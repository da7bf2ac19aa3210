"""What `starts.parquet` holds: a row per start of the runs that a verdict is made of."""

from pathlib import Path

import numpy as np
import pytest
from support.studies import study, tuned

from rmsprop_lab import Starts, Study, run_study
from rmsprop_lab.evaluation.quantiles import over_starts
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import GD
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.schema import RUNS, STARTS

MEASURES = ("final_value", "final_gap", "best_gap", "steps_to_1e-1", "steps_to_1e-7")


def done(given: Study, output_dir: Path) -> StudyFolder:
    run_study(given, output_dir=output_dir, tracking="none", figures=False)
    return StudyFolder(output_dir, given.name)


def test_with_an_evaluation_the_rows_are_those_of_the_fresh_starts(tmp_path: Path) -> None:
    folder = done(tuned(), tmp_path)
    trials, starts = folder.trials(), folder.starts()
    assert set(starts["run_key"]) == set(trials.loc[trials["phase"] == "evaluate", "run_key"])
    counts = dict(zip(*folder.runs(starts["run_key"])[["run_key", "starts"]].to_numpy().T, strict=True))
    assert starts.groupby("run_key").size().to_dict() == counts


@pytest.mark.parametrize("method", ["none", "grid"])
def test_without_one_they_are_those_of_the_best_run_of_each_cell(tmp_path: Path, method: str) -> None:
    summary = run_study(study(method=method), output_dir=tmp_path, tracking="none", figures=False)
    starts = StudyFolder(tmp_path, "s").starts()
    assert set(starts["run_key"]) == {winner.run.run_key for winner in summary.winners}
    assert len(starts) == 4 * 3


def test_a_run_is_summed_up_from_its_starts(tmp_path: Path) -> None:
    steps = {"gd": GD(0.01), "wild": GD(0.02), "lost": GD(1.0)}
    given = study(method="none", objectives={"himmelblau": Himmelblau()}, optimizers=steps, starts=Starts(count=9))
    folder = done(given, tmp_path)
    runs, starts = folder.runs().set_index("run_key"), folder.starts()
    for key, rows in starts.groupby("run_key"):
        assert rows["start"].tolist() == list(range(9))
        for name in MEASURES:
            assert runs.loc[key, name] == over_starts(rows[name].to_numpy(), 1, 0.5)[0]
        assert runs.loc[key, "mean_log10_gap"] == pytest.approx(rows["mean_log10_gap"].mean(), abs=1e-13)
        lost = rows["outcome"] == "diverged"
        assert runs.loc[key, "diverged"] == lost.sum()
        assert (lost == rows["first_bad_iteration"].notna()).all()
        assert (rows.loc[lost, "mean_log10_gap"] == 0.0).all()
        assert np.isinf(rows.loc[lost, ["final_gap", "best_gap", "steps_to_1e-1"]].to_numpy()).all()
        if lost.any():
            assert runs.loc[key, "first_bad_iteration"] == rows["first_bad_iteration"].min()
    assert starts["outcome"].value_counts().get("diverged", 0) >= 9
    reached = starts[starts["minimizer"] >= 0]
    assert set(reached["minimizer"]) > {0}
    assert (reached["final_gap"] < 10.0).all()


def test_measures_have_the_types_that_they_have_in_runs() -> None:
    assert [STARTS.field(name).type for name in MEASURES] == [RUNS.field(name).type for name in MEASURES]
    assert STARTS.field("evaluations").type == RUNS.field("evaluations").type
