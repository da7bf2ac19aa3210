"""What is said of a study's searches: importances where they mean something, budgets of one optimizer alone."""

from pathlib import Path

import pandas as pd
import pytest
from support.searching import tuned_pairs

from rmsprop_lab import run_study
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.report.searches import tells_importance


@pytest.mark.parametrize(
    ("search", "told"),
    [
        (Search("tpe", trials=24), False),
        (Search("tpe", trials=24, repeats=5), True),
        (Search("random", trials=100), True),
        (Search("grid", repeats=8), False),
    ],
)
def test_the_importances_of_one_short_search_tell_of_chance(search: Search, told: bool) -> None:
    assert tells_importance(search) is told


@pytest.mark.slow
@pytest.mark.parametrize("repeats", [1, 2])
def test_importances_are_told_of_every_repeat_or_not_at_all(tmp_path: Path, repeats: int) -> None:
    study = tuned_pairs(50, objectives={"bowl": Bowl()}, repeats=repeats)
    run_study(study, output_dir=tmp_path, tracking="none")
    table = pd.read_csv(tmp_path / "s/tables/searches.csv")
    columns = [name for name in table if name.startswith("importance")]
    assert bool(columns) == (tmp_path / "s/figures/importance.png").exists() == (repeats > 1)
    if repeats > 1:
        tuned = table[table["optimizer"] == "rmsprop"]
        assert len(tuned) == repeats
        assert tuned[columns].sum(axis=1).tolist() == pytest.approx([1.0] * repeats)


@pytest.mark.parametrize("method", ["tpe", "random"])
def test_the_budget_of_an_optimizer_does_not_depend_on_the_roster(tmp_path: Path, method: str) -> None:
    both = tuned_pairs(method=method, objectives={"bowl": Bowl()})
    gd = {"optimizers": {"gd": both.optimizers["gd"]}, "spaces": {"gd": both.spaces["gd"]}}
    one = tuned_pairs(method=method, objectives={"bowl": Bowl()}, **gd)
    tables = []
    for name, study in (("both", both), ("one", one)):
        run_study(study, output_dir=tmp_path / name, tracking="none", figures=False)
        tables.append(pd.read_csv(tmp_path / name / "s/tables/budget.csv"))
    assert tables[0]["expected_best"].isna().all() == (method == "tpe")
    among = tables[0][tables[0]["optimizer"] == "gd"].reset_index(drop=True)
    pd.testing.assert_frame_equal(among, tables[1], check_exact=True)
