"""Grids and random searches: their points, and that shards make the whole study."""

from pathlib import Path

import numpy as np
import pytest
from support.studies import assert_same, study, tables

from rmsprop_lab import load, run_study
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.search.fixed import random_points

SPACE = {"step_size": Range(1e-4, 1.0, "log", 5), "rho": Range(0.9, 0.999, "log_complement", 3)}


def test_random_points_fill_the_space_on_its_scales() -> None:
    points = random_points(SPACE, 2000, seed=0)
    steps = np.log10([point["step_size"] for point in points])
    rhos = np.log10(1.0 - np.array([point["rho"] for point in points]))
    for values, low, high in ((steps, -4, 0), (rhos, -3, -1)):
        assert low <= values.min()
        assert values.max() <= high
        shares = np.array([0.25, 0.5, 0.75])
        np.testing.assert_allclose(np.quantile(values, shares), low + (high - low) * shares, atol=0.15)


def test_a_random_study_grows_with_its_trials(tmp_path: Path) -> None:
    spaces = {"gd": {"step_size": SPACE["step_size"]}, "rmsprop": SPACE}
    small = study(search=Search("random", trials=4), spaces=spaces)
    large = study(search=Search("random", trials=7), spaces=spaces)
    assert run_study(small, output_dir=tmp_path, tracking="none").computed == 16
    assert run_study(large, output_dir=tmp_path, tracking="none").computed == 12
    counts = load("s", tmp_path).groupby(["objective", "optimizer"]).size()
    assert set(counts) == {7}


def test_over_and_points_narrow_the_space() -> None:
    spaces = {"gd": {"step_size": SPACE["step_size"]}, "rmsprop": SPACE}
    assert len(study(search=Search("grid"), spaces=spaces)) == 2 * (5 + 15)
    assert len(study(search=Search("grid", over=("step_size",), points=41), spaces=spaces)) == 2 * (41 + 41)


@pytest.mark.parametrize("shards", [2, 5])
def test_the_union_of_the_shards_is_the_study(tmp_path: Path, shards: int) -> None:
    steps = tuple(np.geomspace(1e-3, 0.5, 7))
    run_study(study(steps), output_dir=tmp_path / "whole", tracking="none")
    computed = [
        run_study(study(steps, shards=shards, shard=shard), output_dir=tmp_path / "parts", tracking="none").computed
        for shard in reversed(range(shards))
    ]
    assert sum(computed) == 28
    assert max(computed) < 28
    assert_same(tables(tmp_path / "parts"), tables(tmp_path / "whole"))


def test_a_shard_may_be_empty(lab) -> None:
    endings = [lab("optimizer=gd", "shards=3", f"shard={shard}", "tracking=none", "n_iter=3") for shard in range(3)]
    assert [ended.status for ended in endings] == [0, 0, 0]
    assert sum("1 of 1 runs of shard" in ended.out for ended in endings) == 1
    assert sum("this shard has no runs" in ended.out for ended in endings) == 2
