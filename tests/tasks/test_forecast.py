"""What the plan says before work begins."""

import math
import time
from pathlib import Path

import pytest
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.base import Array
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.tasks import forecast as module
from rmsprop_lab.tasks.forecast import LOGGING, forecast


class Broken(Bowl):
    def value(self, point: Array) -> Array:
        raise RuntimeError("not today")


def many(n_iter: int, steps: int = 5) -> Study:
    given = tuple(10.0 ** -(1 + index / 10) for index in range(steps))
    return study(given, n_iter=n_iter, starts=Starts(count=10))


@pytest.mark.slow
@pytest.mark.parametrize("n_iter", [100, 20_000])
def test_the_disk_that_is_needed_is_near_what_was_said(n_iter: int, tmp_path: Path) -> None:
    run_study(many(n_iter), output_dir=tmp_path, tracking="none", figures=False)
    written = sum(path.stat().st_size for path in tmp_path.rglob("*.parquet") if path.is_file())
    assert written / 2 < forecast(many(n_iter), tracked=False, figures=False).size < 4 * written


def test_time_grows_with_what_there_is_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_pace", lambda cell: 1e-4)
    little, long = (forecast(many(n_iter), tracked=False, figures=False).seconds() for n_iter in (10**4, 10**6))
    assert 50 < long / little < 101
    few, all_ = (forecast(many(10**5, steps), tracked=False, figures=False).seconds() for steps in (5, 500))
    assert 5 < all_ / few < 101  # a wider batch takes hardly longer, until it is taken in parts
    drawn, tracked = (forecast(many(10), **given).seconds() for given in ALSO)
    plain = forecast(many(10), tracked=False, figures=False).seconds()
    assert drawn > plain
    assert tracked - plain >= LOGGING * len(many(10))


ALSO = ({"tracked": False, "figures": True}, {"tracked": True, "figures": False})


def test_what_is_run_on_fresh_starts_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "_pace", lambda cell: 1e-3)
    evaluated = study((0.1,), n_iter=100, evaluation=Starts(count=400, seed=1))
    searched = study((0.1,), n_iter=100)
    said = [forecast(each, tracked=False, figures=False) for each in (evaluated, searched)]
    assert said[0].seconds() - said[1].seconds() > 1e-3 * 100 * (2 * 4 + 4)  # two per cell, and each as configured
    run_study(evaluated, output_dir=tmp_path, tracking="none", figures=False)
    written = sum(path.stat().st_size for path in tmp_path.rglob("*.parquet") if path.is_file())
    assert said[0].size > written / 2 > said[1].size


def test_searches_that_learn_take_their_batches_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_pace", lambda cell: 1e-3)
    space = {name: {"step_size": Range(0.01, 0.1)} for name in ("gd", "rmsprop")}
    few, many = (
        forecast(
            study(method="tpe", n_iter=1000, spaces=space, search=Search("tpe", trials=64, batch=batch)), False, False
        )
        for batch in (2, 64)
    )
    assert few.seconds() > 10 * many.seconds()


def test_a_pace_is_measured() -> None:
    (first, *_) = many(10).cells
    assert 0.0 < module._pace(first) < math.inf


def test_code_that_raises_is_left_to_its_runs() -> None:
    broken = study(objectives={"broken": Broken()})
    assert math.isfinite(forecast(broken, tracked=False, figures=False).seconds())


def test_processes_share_what_is_computed_and_gather_it() -> None:
    few, many_ = (forecast(many(n_iter), tracked=False, figures=False) for n_iter in (10, 10**7))
    assert few.seconds(2) > few.seconds(1)  # starting and gathering take longer than they save
    assert few.seconds(1) < many_.seconds(4) < many_.seconds(2) < many_.seconds(1)


@pytest.mark.slow
def test_the_time_that_is_said_is_near_the_time_it_takes(tmp_path: Path) -> None:
    """Within a factor of thirty: the machine may be busy, and the store may be slow."""
    made = many(20_000)
    began = time.perf_counter()
    run_study(made, output_dir=tmp_path, tracking="none", figures=False)
    taken = time.perf_counter() - began
    assert taken / 30 < forecast(made, tracked=False, figures=False).seconds() < 30 * taken
