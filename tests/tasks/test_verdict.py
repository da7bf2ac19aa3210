"""What is said after a study: the same in the terminal, in tables, in MLflow and in Python, and what cannot be said."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from support.searching import tuned_pairs
from support.studies import study

from rmsprop_lab import InputError, Range, Search, Starts, run_study
from rmsprop_lab.objectives import Bowl, MonkeySaddle
from rmsprop_lab.optimizers import GD
from rmsprop_lab.tasks.summary import Summary

GIVEN = ("objective=bowl", "optimizer=[gd,rmsprop]", "search=random", "search.trials=6", "n_iter=30", "name=s",
         "starts.count=3", "evaluation.count=4", "figures=false")  # fmt: skip


def judged(tmp_path: Path, **changes: Any) -> Summary:
    return run_study(
        tuned_pairs(**{"method": "random", **changes}), output_dir=tmp_path, tracking="none", figures=False
    )


@pytest.mark.slow
def test_terminal_tables_mlflow_and_python_rank_alike(lab, tmp_path: Path) -> None:
    out = lab(*GIVEN, "objective=zakharov", "search.repeats=5", "n_iter=100").out
    uri = f"sqlite:///{tmp_path}/outputs/mlflow.db"
    ranking = pd.read_csv(tmp_path / "outputs/s/tables/ranking.csv")
    pairs = pd.read_csv(tmp_path / "outputs/s/tables/pairs.csv")
    assert out.splitlines()[0] == "rmsprop is best on zakharov."
    assert ranking[["optimizer", "rank", "repeats"]].to_numpy().tolist() == [["rmsprop", 1, 5], ["gd", 2, 5]]
    assert pairs[["better", "worse", "relation"]].to_numpy().tolist() == [["rmsprop", "gd", "better"]]
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("s")
    assert experiment.tags["mlflow.note.content"].startswith("[Report] · rmsprop is best on zakharov.")
    best = client.search_runs([experiment.experiment_id], "tags.best = 'true'", order_by=["tags.rank"])
    assert [(run.data.params["optimizer"], run.data.tags["rank"]) for run in best] == [("rmsprop", "1"), ("gd", "2")]
    assert len({run.data.params["start_seed"] for run in best}) == 1  # of one repeat: all begin at the same starts
    lab(*GIVEN)  # one repeat: no rank is left
    assert not client.search_runs([experiment.experiment_id], "tags.rank LIKE '%'")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"optimizers": {"gd": GD(0.05)}}, "A single optimizer has nothing to be compared with."),
        ({"repeats": 4}, "4 repeats cannot tell which optimizer is better; search.repeats=8 can."),
        ({"objectives": {"bowl": Bowl()}, "evaluation": Starts("fresh", count=1), "repeats": 5}, None),
        ({"evaluation": None, "repeats": 5}, None),
    ],
)
def test_what_little_can_be_said_is_said(tmp_path: Path, changes: dict[str, Any], sentence: str | None) -> None:
    changes = {
        "spaces": {
            name: {"step_size": Range(1e-3, 1.0, "log")} for name in changes.get("optimizers", ("gd", "rmsprop"))
        },
        **changes,
    }
    summary = judged(tmp_path, **changes)
    assert summary.verdict is not None
    assert sentence is None or summary.verdict.sentence == sentence
    assert summary.verdict.ranking["rank"].isna().all() == (sentence is not None)
    told = "gd on bowl: step_size" if sentence == "A single optimizer has nothing to be compared with." else sentence
    assert (told or summary.verdict.sentence) in repr(summary)
    assert (told or summary.verdict.sentence) in summary._repr_html_()


def test_where_all_diverge_it_is_said(tmp_path: Path) -> None:
    steps = {name: {"step_size": Range(values=(1e3, 1e4))} for name in ("gd", "momentum")}
    given = {"objectives": {"bowl": Bowl()}, "optimizers": {"gd": GD(1e3), "momentum": GD(1e4)}, "spaces": steps}
    summary = judged(tmp_path, method="grid", repeats=5, n_iter=500, **given)
    assert summary.verdict.sentence == "On bowl all diverged."
    assert summary.verdict.ranking["starts_lost"].tolist() == [25, 25]
    assert summary.verdict.ranking["ert"].tolist() == [np.inf, np.inf]


def test_an_optimizer_under_two_names_is_practically_equal(tmp_path: Path) -> None:
    given = {"optimizers": {"gd": GD(0.05), "twin": GD(0.05)}, "objectives": {"bowl": Bowl()}}
    steps = {name: {"step_size": Range(values=(0.1, 0.2))} for name in ("gd", "twin")}
    summary = judged(tmp_path, method="grid", repeats=5, spaces=steps, **given)
    assert summary.verdict.sentence == "On bowl all are practically equal."
    assert list(summary.judgement.ranks.values()) == ["1="]  # one run, of two names


def test_without_decades_nothing_is_practically_equal(tmp_path: Path) -> None:
    given = {"objectives": {"saddle": MonkeySaddle()}, "n_iter": 5, "repeats": 5}
    summary = judged(
        tmp_path,
        spaces={"gd": {"step_size": Range(values=(1e-3, 2e-3))}, "rmsprop": {"step_size": Range(values=(1e-3, 2e-3))}},
        **given,
    )
    assert not (summary.verdict.pairs["relation"] == "equal").any()


def test_success_is_what_the_target_says(tmp_path: Path) -> None:
    """A start of GD on x² + y² is at (1 - 2 step)^t of itself, and its gap at the square of that."""
    given = {"objectives": {"bowl": Bowl()}, "optimizers": {"gd": GD(0.25)}, "search": Search("none"), "spaces": {}}
    for target, reached in ((0.5, None), (1e-300, 0)):
        summary = run_study(
            study(**given, target=target, n_iter=4), output_dir=tmp_path, tracking="none", figures=False
        )
        (row,) = summary.verdict.ranking.to_dict("records")
        gaps = (summary.study.cells[0].problem.points ** 2).sum(axis=0) / 4.0 ** np.arange(5)[:, None]
        expected = (gaps < target).any(axis=0).mean() if reached is None else reached
        assert row["success"] == expected
        assert row["success_target"] == f"below {target:g}"


@pytest.mark.parametrize("delta", ["0", "-1", "nan", "large", "null"])
def test_a_delta_that_is_none_is_refused(lab, tmp_path: Path, delta: str) -> None:
    ended = lab(*GIVEN, f"verdict.delta={delta}")
    assert ended.status == 2
    assert "verdict.delta: expected a number > 0" in ended.err
    assert not (tmp_path / "outputs").exists()
    with pytest.raises(InputError, match="delta"):
        study(delta=0)


def test_a_larger_delta_makes_equal(lab) -> None:
    assert lab(*GIVEN, "search.repeats=5", "verdict.delta=9", "tracking=none").out.startswith(
        "On bowl all are practically equal."
    )


def test_a_part_of_a_plan_has_no_verdict(tmp_path: Path) -> None:
    part = run_study(study(shards=2), output_dir=tmp_path, tracking="none")
    assert (part.verdict, len(part.best)) == (None, 0)


def test_starts_that_stay_are_changed_by_the_override(lab) -> None:
    out = lab("optimizer=[gd,rmsprop]", "starts=tutorial", "n_iter=5", "tracking=none", "figures=false").out
    assert out.splitlines()[0].endswith("; starts=uniform search.repeats=8 can.")
