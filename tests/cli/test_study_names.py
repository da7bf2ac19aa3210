"""Jobs of a multirun that differ in anything but the shard get a study each; nothing is mixed under one name."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rmsprop_lab import load
from rmsprop_lab.base.names import is_name
from rmsprop_lab.cli.study_names import suffixes

SMALL = ("objective=bowl", "optimizer=gd", "tracking=none", "figures=false", "name=s")


def studies(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("outputs/*/runs.parquet")}


def test_a_sweep_over_iterations_makes_a_study_of_each(lab, tmp_path: Path) -> None:
    ended = lab("-m", *SMALL, "n_iter=3,5")
    assert ended.status == 0
    assert studies(tmp_path) == {"s.n_iter-3", "s.n_iter-5"}
    assert set(load("s.n_iter-3", tmp_path / "outputs")["n_iter"]) == {3}


def test_a_sweep_over_shards_alone_is_one_study(lab, tmp_path: Path) -> None:
    assert lab("-m", *SMALL, "n_iter=3", "search=grid", "shards=2", "shard=range(0,2)").status == 0
    assert studies(tmp_path) == {"s"}


@pytest.mark.slow
def test_shards_of_several_problems_are_a_study_for_each_problem(lab, tmp_path: Path) -> None:
    assert lab("-m", *SMALL, "n_iter=3,4", "search=grid", "shards=2", "shard=0,1").status == 0
    assert studies(tmp_path) == {"s.n_iter-3", "s.n_iter-4"}


def test_a_sweep_over_names_needs_no_other(lab, tmp_path: Path) -> None:
    assert lab("-m", *SMALL[:-1], "name=a,b", "n_iter=3").status == 0
    assert studies(tmp_path) == {"a", "b"}


def test_what_has_no_readable_name_has_six_digits_of_a_hash(lab, tmp_path: Path) -> None:
    long = "starts.points=[[" + "0.123456789," * 6 + "1]],[[" + "0.987654321," * 6 + "1]]"
    assert lab("-m", *SMALL, "objective.bowl.dim=7", "starts=fixed", "n_iter=2", long).status == 0
    assert len(studies(tmp_path)) == 2
    assert all(len(name) == len("s.") + 6 for name in studies(tmp_path))


@given(st.lists(st.text(max_size=80), min_size=2, max_size=6, unique=True))
def test_every_suffix_is_a_name_and_no_two_are_equal(values: list[str]) -> None:
    jobs = [[f"n_iter={value}", "objective=[bowl]"] for value in values]
    found = suffixes(jobs)
    assert len(found) == len(set(found.values())) == len(values)
    assert all(is_name(f"s.{suffix}") for suffix in found.values())
