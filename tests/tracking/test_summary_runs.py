"""The runs that sum a study up: one for each optimizer, of what the verdict shows, written again when that changes."""

import re
from collections import Counter
from pathlib import Path

import pytest
from mlflow import MlflowClient
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.tracking.page import OWN_RUNS, SUMMARY_PHASE
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.uri import default_uri

QUICK = {"figures": False, "report": False}


def summaries(folder: Path) -> tuple[MlflowClient, dict]:
    client = MlflowClient(default_uri(folder))
    runs = client.search_runs([client.get_experiment_by_name("s").experiment_id], f"tags.phase = '{SUMMARY_PHASE}'")
    assert len({run.info.run_name for run in runs}) == len(runs)
    return client, {run.info.run_name: run for run in runs}


@pytest.mark.slow
@pytest.mark.parametrize("writer", ["bulk", "client"])
def test_each_optimizer_has_one_with_what_the_verdict_shows(tmp_path: Path, writer: str) -> None:
    made = run_study(study(), output_dir=tmp_path, tracking=MlflowTracker(None, tmp_path, writer), **QUICK)
    client, found = summaries(tmp_path)
    assert set(found) == set(made.study.optimizers)
    for name, run in found.items():
        assert run.data.metrics["rank/order"] in (1, 2)
        rows = made.best[made.best["optimizer"] == name].set_index("objective")
        for objective, row in rows.iterrows():
            assert run.data.metrics[f"score/{objective}"] == pytest.approx(row["score"])
            gaps = client.get_metric_history(run.info.run_id, f"curve/{objective}/log10_gap")
            assert 10 ** gaps[-1].value == pytest.approx(row["final_gap"])
        files = [Path(file.path).name for file in client.list_artifacts(run.info.run_id, "images")]
        shown = Counter(re.match(r"(\w+)\+step\+(\d+)", file).groups() for file in files)
        assert set(shown.values()) == {2}  # a PNG and a small WebP
        steps = {int(step) for _, step in shown}
        assert shown.keys() == {(objective, str(step)) for objective in rows.index for step in steps}
        assert {0, made.study.n_iter} <= steps
        assert len(steps) == 5


@pytest.mark.slow
def test_they_stay_while_nothing_changes_and_change_with_the_verdict(tmp_path: Path) -> None:
    def ids() -> dict[str, str]:
        return {name: run.info.run_id for name, run in summaries(tmp_path)[1].items()}

    run_study(study((0.003, 0.01)), output_dir=tmp_path, **QUICK)
    first = ids()
    run_study(study((0.003, 0.01)), output_dir=tmp_path, **QUICK)
    assert ids() == first
    run_study(study((0.003, 0.01, 0.1)), output_dir=tmp_path)  # with better ones
    second = ids()
    assert second.keys() == first.keys()
    assert not set(second.values()) & set(first.values())
    three = {**study().optimizers, "slow": GD(1e-4)}
    run_study(study((0.003, 0.01, 0.1), optimizers=three), output_dir=tmp_path, **QUICK)
    assert set(ids()) == {*first, "slow"}


@pytest.mark.slow
def test_a_study_on_one_objective_has_none_and_they_never_count(tmp_path: Path) -> None:
    made = run_study(study(), output_dir=tmp_path, **QUICK)
    client, found = summaries(tmp_path)
    experiment = client.get_experiment_by_name("s").experiment_id
    assert found
    assert made.logged == len(made.runs) == len(client.search_runs([experiment], OWN_RUNS))
    run_study(study(objectives={"bowl": Bowl()}), output_dir=tmp_path, **QUICK)
    assert not summaries(tmp_path)[1]
