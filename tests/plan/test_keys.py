"""Runs are identified by what decides their numbers, and by nothing else."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from support.planning import run_with

from rmsprop_lab.objectives import Bowl, Ellipsoid, Rastrigin
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan import run as run_module
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.keys import objective_identity
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts


def test_labels_and_ways_of_writing_a_number_do_not_change_the_key() -> None:
    key = run_with().run_key
    assert len(key) == 64
    assert run_with(name="a", optimizer_name="b").run_key == key
    assert run_with(optimizer=RMSProp(np.float64(0.1), 0.9, 1e-8)).run_key == key
    assert run_with(objective=Bowl(dim=2, bounds=[[-1, 1], [-1, 1]])).run_key == key


@pytest.mark.parametrize(
    "change",
    [
        {"objective": Bowl(dim=3)},
        {"objective": Ellipsoid(bounds=(-1, 1))},
        {"starts": Starts(count=4)},
        {"starts": Starts(count=3, seed=1)},
        {"n_iter": 11},
        {"optimizer": RMSProp(np.nextafter(0.1, 1), 0.9)},
        {"optimizer": RMSProp(0.1, 0.9, 1e-7)},
        {"optimizer": GD(0.1)},
    ],
)
def test_whatever_decides_the_numbers_changes_the_key(change: dict) -> None:
    assert run_with(**change).run_key != run_with().run_key


def test_the_engine_is_part_of_the_key_only_where_it_decides_a_bit() -> None:
    exact, inexact = run_with(), run_with(objective=Rastrigin())
    assert dataclasses.replace(exact, engine="numba").run_key == exact.run_key
    assert dataclasses.replace(inexact, engine="numpy").run_key == inexact.run_key
    assert dataclasses.replace(inexact, engine="numba").run_key != inexact.run_key


def test_new_numerics_change_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run_with().run_key
    monkeypatch.setattr(run_module, "NUMERICS_VERSION", run_module.NUMERICS_VERSION + 1)
    assert run_with().run_key != before


def test_the_key_stays_what_it_was_in_earlier_versions() -> None:
    """A change here makes every existing study compute again: raise NUMERICS_VERSION only when results change."""
    assert run_with().run_key == "8f5624cff36a7d4e9fc21d29cdd2bd9538964b74c3396a149470afbe09fee5ce"


def test_the_source_and_the_answers_of_a_users_class_are_part_of_the_key() -> None:
    class Mine(Bowl):
        """Defined outside rmsprop_lab."""

    points = np.zeros((2, 3))
    assert objective_identity(Mine(), points).keys() == {"class", "fields", "source", "answers"}
    assert objective_identity(Bowl(), points).keys() == {"class", "fields"}


def test_a_cell_changes_with_its_space_and_not_with_points_elsewhere() -> None:
    problem = Problem("bowl", Bowl(), Starts(count=3), 10)

    def key(**changes: Any) -> str:
        cell = Cell(problem, "gd", GD(0.1), {"step_size": Range(1e-3, 1.0, "log", 4)}, Search("grid"))
        return dataclasses.replace(cell, **changes).key

    assert key() == key()
    assert key(space={"step_size": Range(1e-3, 1.0, "log", 5)}) != key()
    assert key(search=Search("grid", "final_gap")) != key()
    assert key(search=Search("none")) != key()
