"""Every number stands under its own name: a value never under "gap", a gap never finer than the arithmetic allows."""

from pathlib import Path

import pandas as pd
import pytest
from support.mlflow_runs import runs_in

from rmsprop_lab import load

BOTH = ("objective=[monkey_saddle,bowl]", "optimizer=[rmsprop,gd]", "search=random", "search.trials=4", "n_iter=40")
SADDLE = ("objective=monkey_saddle", "optimizer=[rmsprop,gd]", "search=random", "search.trials=4", "n_iter=40")


NUMBERS = ("score", "gap", "value", "success", "lost")


def test_a_score_that_an_objective_cannot_have_is_refused_and_nothing_is_created(lab, tmp_path: Path) -> None:
    ended = lab(*BOTH, "search.score=steps_to_1e-3")
    assert ended.status == 2
    assert (
        "as monkey_saddle states no minimum, found steps_to_1e-3. With null every objective has the score" in ended.err
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_where_no_minimum_is_known_nothing_is_called_a_gap(lab, tmp_path: Path, outputs: Path) -> None:
    ended = lab(*SADDLE)
    table, _, rest = ended.out.partition("runs  ")
    assert "gap" not in table
    assert "the value, as a mean over all iterations" in " ".join(table.split())
    assert "value" in table
    for name in ("searches", "budget"):
        rows = pd.read_csv(outputs / "study" / "tables" / f"{name}.csv")
        assert set(rows["score_name"]) == {"mean_value"}
    gaps = [name for name in load("study", outputs) if "gap" in name or name.startswith(("steps", "mean_steps"))]
    assert gaps
    assert load("study", outputs)[gaps].isna().all(axis=None)
    client, runs = runs_in(outputs, "study")
    assert not {name for run in runs for name in run.data.metrics if "gap" in name or "steps" in name}
    assert all("final/mean_value" in run.data.metrics for run in runs)
    experiment = client.get_experiment_by_name("study")
    views = {name: text for name, text in experiment.tags.items() if name.startswith("mlflow.sharedViewState")}
    assert views
    assert not [name for name, text in views.items() if "gap" in text or "steps_to" in text]
    assert "gap" not in experiment.tags["mlflow.note.content"]
    assert "next" in rest


def test_a_study_of_both_kinds_tells_the_two_scores_apart(lab, outputs: Path) -> None:
    ended = lab(*BOTH, "tracking=none", "figures=false")
    heading = next(line for line in ended.out.splitlines() if line.startswith("objective"))
    assert [word for word in heading.split() if word in NUMBERS] == ["score", "gap", "value", "success", "lost"]
    caption = " ".join(ended.out.partition("\nScore")[2].partition("\n\n")[0].split())
    assert "on monkey_saddle, whose minimum is unknown, the value, as a mean over all iterations" in caption
    rows = pd.read_csv(outputs / "study" / "tables" / "ranking.csv").groupby("objective")[["final_gap", "success"]]
    assert rows.count().to_dict("index") == {
        "bowl": {"final_gap": 2, "success": 2},
        "monkey_saddle": {"final_gap": 0, "success": 0},
    }


@pytest.mark.parametrize("method", ["none", "random"])
def test_a_gap_at_the_floor_says_so_in_the_table(lab, outputs: Path, method: str) -> None:
    """Of Styblinski-Tang in ten dimensions nothing below 4 ulp of its minimum, 2.3e-13, can be told from 0."""
    given = ("objective=styblinski_tang", "objective.styblinski_tang.dim=10", "starts=fixed", f"search={method}")
    point = "starts.points=[[" + ",".join(["-2.9"] * 10) + "]]"
    ended = lab(*given, point, "optimizer=gd", "n_iter=300", "search.trials=1", "tracking=none", "figures=false",
                "evaluation.count=0", "optimizer.gd.space.step_size={low: 0.01, high: 0.011}")  # fmt: skip
    (row,) = load("study", outputs).to_dict("records")
    assert row["final_gap"] == row["gap_floor"] == pytest.approx(2.27e-13, rel=1e-2)
    assert "≤-12.6" in ended.out
    assert "-16" not in ended.out


def test_a_target_is_told_alike_in_every_line_and_never_for_a_run_that_diverged(lab) -> None:
    ended = lab(
        "optimizer=gd", "optimizer.gd.step_size=1e200", "target=10", "n_iter=20", "tracking=none", "figures=false"
    )
    assert "never below 10" in ended.out
    assert "after 0 iterations" not in ended.out


def test_a_target_of_a_long_run_is_the_exact_iteration(lab) -> None:
    """x -> 0.998 x from 0.5 is below 1e-4 (as a gap) after 1,956 iterations; kept are 10,001 of 20,000."""
    ended = lab("optimizer=gd", "optimizer.gd.step_size=1e-3", "starts=fixed", "starts.points=[[0.5,0]]", "target=1e-4",
                "n_iter=20000", "tracking=none", "figures=false")  # fmt: skip
    expected = next(t for t in range(20_000) if (0.5 * 0.998**t) ** 2 < 1e-4)
    assert f"below 0.0001 after {expected} iterations" in ended.out
