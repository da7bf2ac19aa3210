"""Runs are identified by what decides their numbers, and by nothing else."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from rmsprop_lab import Study, descend
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl, Ellipsoid, Rastrigin
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan import run as run_module
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.keys import identity_of
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run, batches, stack
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts


def run_with(**changes: Any) -> Run:
    given = {
        "name": "bowl",
        "objective": Bowl(),
        "starts": Starts(count=3),
        "n_iter": 10,
        "optimizer_name": "rmsprop",
        "optimizer": RMSProp(0.1, 0.9),
        **changes,
    }
    problem = Problem(given["name"], given["objective"], given["starts"], given["n_iter"])
    return Run(problem, given["optimizer_name"], given["optimizer"])


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


def test_the_source_of_a_users_class_is_part_of_the_key() -> None:
    class Mine(Bowl):
        """Defined outside rmsprop_lab."""

    assert "source" in identity_of(Mine())
    assert "source" not in identity_of(Bowl())


def test_a_cell_changes_with_its_space_and_not_with_points_elsewhere() -> None:
    problem = Problem("bowl", Bowl(), Starts(count=3), 10)

    def key(**changes: Any) -> str:
        cell = Cell(problem, "gd", GD(0.1), {"step_size": Range(1e-3, 1.0, "log", 4)}, Search("grid"))
        return dataclasses.replace(cell, **changes).key

    assert key() == key()
    assert key(space={"step_size": Range(1e-3, 1.0, "log", 5)}) != key()
    assert key(search=Search("grid", "final_gap")) != key()
    assert key(search=Search("none")) != key()


def test_stacked_runs_are_the_runs() -> None:
    runs = [run_with(optimizer=RMSProp(step, rho)) for step in (0.01, 0.1) for rho in (0.9, 0.99)]
    together = descend(Bowl(), *stack(runs), 10)
    for index, run in enumerate(runs):
        alone = descend(Bowl(), run.optimizer, run.problem.points, 10)
        assert np.array_equal(together.points[..., 3 * index : 3 * index + 3], alone.points)


def test_batches_bound_the_memory_of_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run_with(optimizer=GD(step)) for step in np.linspace(0.1, 0.2, 10)]
    bytes_per_run = 8 * 11 * 3 * 4
    monkeypatch.setattr(run_module, "_BATCH_BYTES", 4 * bytes_per_run)
    assert [len(batch) for batch in batches(runs)] == [4, 4, 2]
    assert list(batches([])) == []


def study(**changes: Any) -> Study:
    given: dict[str, Any] = {
        "name": "s",
        "objectives": {"bowl": Bowl()},
        "optimizers": {"gd": GD(0.1)},
        "starts": Starts(),
        "n_iter": 5,
        **changes,
    }
    return Study(**given)


def test_a_plan_is_counted_before_it_is_made() -> None:
    with pytest.raises(InputError, match=r"max_runs.*1,000,000,000"):
        study(search=Search("grid"), spaces={"gd": {"step_size": Range(0.1, 1.0, "log", 10**9)}})


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"name": "../up"}, "name"),
        ({"name": "artifacts"}, "name"),
        ({"name": 3}, "name"),
        ({"n_iter": 0}, "n_iter"),
        ({"objectives": {}}, "objectives"),
        ({"optimizers": {}}, "optimizers"),
        ({"starts": Starts("fixed", points=((1.0,),))}, "starts.points"),
        ({"search": Search("grid")}, "spaces.gd"),
        ({"search": Search("grid"), "spaces": {"gd": {"rho": Range(values=(0.9,))}}}, "spaces.gd"),
        (
            {"search": Search("grid"), "spaces": {"gd": {"step_size": Range(values=(0.1, -1.0))}}},
            "spaces.gd.step_size",
        ),
    ],
)
def test_bad_studies_are_refused(changes: dict, key: str) -> None:
    with pytest.raises(InputError) as error:
        study(**changes)
    assert error.value.key == key


def test_unknown_searches_and_scores_are_refused() -> None:
    with pytest.raises(InputError, match="method"):
        Search("gird")
    with pytest.raises(InputError, match="score"):
        Search("grid", "gap")
