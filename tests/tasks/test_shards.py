"""Shards together leave what the whole study leaves."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.mlflow_runs import runs_in
from support.searching import tuned_pairs
from support.studies import assert_same, study, tables

from rmsprop_lab import load, run_study


def test_the_shards_leave_the_tables_of_the_whole(tmp_path: Path) -> None:
    run_study(tuned_pairs(6, "random"), output_dir=tmp_path / "whole", tracking="none", figures=False)
    for shard in (1, 0):
        part = tuned_pairs(6, "random", shards=2, shard=shard)
        run_study(part, output_dir=tmp_path / "parts", tracking="none", figures=False)
        assert not (tmp_path / "parts/s/tables").exists()  # a part is not ranked
    closing = run_study(tuned_pairs(6, "random"), output_dir=tmp_path / "parts", tracking="none", figures=False)
    assert closing.computed in (0, 8)  # of the evaluations, those that no shard could make
    for name in ("ranking.csv", "searches.csv", "budget.csv"):
        texts = [(tmp_path / which / "s/tables" / name).read_text() for which in ("whole", "parts")]
        assert texts[0] == texts[1], name


def test_a_learning_search_belongs_to_one_shard_and_the_union_is_the_study(tmp_path: Path) -> None:
    run_study(tuned_pairs(), output_dir=tmp_path / "whole", tracking="none", figures=False)
    parts = [
        run_study(tuned_pairs(shards=3, shard=shard), output_dir=tmp_path / "parts", tracking="none", figures=False)
        for shard in (2, 0, 1)
    ]
    assert sum(len(part.winners) for part in parts) == 4
    assert all(part.best.empty for part in parts)
    closing = run_study(tuned_pairs(), output_dir=tmp_path / "parts", tracking="none", figures=False)
    assert (closing.computed, len(closing.best)) == (0, 4)
    assert_same(tables(tmp_path / "parts"), tables(tmp_path / "whole"))


@pytest.mark.parametrize("shards", [2, 5])
def test_the_union_of_the_shards_is_the_study(tmp_path: Path, shards: int) -> None:
    steps = tuple(np.geomspace(1e-3, 0.5, 7))
    run_study(study(steps), output_dir=tmp_path / "whole", tracking="none", figures=False)
    computed = [
        run_study(
            study(steps, shards=shards, shard=shard), output_dir=tmp_path / "parts", tracking="none", figures=False
        ).computed
        for shard in reversed(range(shards))
    ]
    assert sum(computed) == 28
    assert max(computed) < 28
    assert_same(tables(tmp_path / "parts"), tables(tmp_path / "whole"))


def test_a_shard_may_be_empty(lab) -> None:
    given = ("optimizer=[gd,adam]", "tracking=none", "n_iter=3", "shards=2")
    endings = [lab(*given, f"shard={shard}") for shard in range(2)]
    assert [ended.status for ended in endings] == [0, 0]
    told = [ended.out for ended in endings]
    assert sorted(": it has no runs" in text for text in told) == [False, True], told
    assert sum(": 2 of 2 runs computed" in text for text in told) == 1


@pytest.mark.slow
@pytest.mark.parametrize("given", [("experiment=tune",), ("search=grid", "search.points=2", "evaluation.count=0"), ()])
def test_a_part_is_one_line_and_makes_no_table_figure_or_run_in_mlflow(lab, outputs: Path, given) -> None:
    """An empty shard with a target was a KeyError; a grid's part was presented as the whole."""
    given = (*given, "n_iter=5", "optimizer=[rmsprop,gd,adam]", "name=s")
    store = (outputs / "mlflow.db").read_bytes()
    for shard in range(2):
        ended = lab(*given, "shards=2", f"shard={shard}", "tracking=none" if shard else "tracking=mlflow")
        assert ended.status == 0, ended.err
        assert ended.out.startswith(f"part     shard {shard} of 2: ")
        assert ended.out.count("\n") == 1
    folder = outputs / "s"
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} <= {
        *("shards", "commands", "format.json", "study.log")
    }
    assert (outputs / "mlflow.db").read_bytes() == store
    ended = lab(*given, "figures=false")
    assert "cannot tell which optimizer is better" in ended.out
    assert "gathered from shards" in ended.out
    assert (folder / "tables" / "ranking.csv").exists()
    _, runs = runs_in(outputs)
    assert {run.data.tags["run_key"] for run in runs} == set(load("s", outputs)["run_key"])


def test_load_reads_the_shards_before_and_after_they_are_gathered(tmp_path: Path) -> None:
    for shard in range(3):
        part = study(shards=3, shard=shard)
        run_study(part, output_dir=tmp_path, tracking="none", figures=False)
        assert (tmp_path / f"s/shards/{shard}-of-3/runs.parquet").is_dir()
    before = tables(tmp_path)
    assert not (tmp_path / "s/runs.parquet").exists()
    run_study(study(), output_dir=tmp_path, tracking="none", figures=False)
    assert_same(tables(tmp_path), before)
    assert not list(tmp_path.glob("s/shards/*/*.parquet"))
    assert len(pd.read_parquet(tmp_path / "s/runs.parquet")) == len(before[0])


def test_another_number_of_shards_computes_nothing_twice(tmp_path: Path) -> None:
    def computed(shards: int) -> int:
        parts = [study(shards=shards, shard=shard) for shard in range(shards)]
        return sum(run_study(p, output_dir=tmp_path, tracking="none", figures=False).computed for p in parts)

    assert (computed(2), computed(3), computed(1)) == (8, 0, 0)
