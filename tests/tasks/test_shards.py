"""Shards together leave what the whole study leaves."""

from pathlib import Path

import numpy as np
import pytest
from support.mlflow_runs import runs_in
from support.searching import tuned_pairs
from support.studies import assert_same, study, tables

from rmsprop_lab import run_study


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
    endings = [lab("optimizer=gd", "shards=3", f"shard={shard}", "tracking=none", "n_iter=3") for shard in range(3)]
    assert [ended.status for ended in endings] == [0, 0, 0]
    assert sum(": 1 of 1 runs computed" in ended.out for ended in endings) == 1
    assert sum(": it has no runs" in ended.out for ended in endings) == 2


@pytest.mark.parametrize("given", [("experiment=tune",), ("search=grid", "search.points=2", "evaluation.count=0"), ()])
def test_a_part_is_called_one_and_makes_no_table_figure_or_mark(lab, tmp_path: Path, outputs: Path, given) -> None:
    """An empty shard with a target was a KeyError; a grid's part was presented as the whole."""
    given = (*given, "n_iter=5", "optimizer=rmsprop", "name=s")
    for shard in range(3):
        ended = lab(*given, "shards=3", f"shard={shard}", "tracking=none" if shard else "tracking=mlflow")
        assert ended.status == 0
        assert ended.out.startswith(f"part     shard {shard} of 3: ")
        assert "/experiments/" not in ended.out
        assert "rank " not in ended.out
    folder = outputs / "s"
    assert not (folder / "tables").exists()
    assert not (folder / "figures").exists()
    _, runs = runs_in(outputs)
    assert not [run for run in runs if "best" in run.data.tags]
    ended = lab(*given, "tracking=none", "figures=false")
    assert "the best run of each optimizer" in ended.out
    assert (folder / "tables" / "ranking.csv").exists()
