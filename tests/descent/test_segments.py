"""Long descents are computed in segments that equal the whole bit for bit."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.catalogue import OPTIMIZERS
from support.engines import needs_numba
from support.measuring import measure
from support.points import starts_on

from rmsprop_lab import Trace, descend
from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.descent import segments
from rmsprop_lab.evaluation.measures import Progress
from rmsprop_lab.objectives import Bowl, Ellipsoid, Himmelblau
from rmsprop_lab.optimizers import GD, Adam, RMSProp
from rmsprop_lab.wrappers import Noisy

pytestmark = pytest.mark.usefixtures("own_cache")
FIELDS = ("points", "values", "gradient_norms", "iterations")
N_ITER, RUNS, STARTS = 57, 4, 3
ENGINES = [
    "numpy",
    pytest.param("numba", marks=needs_numba),
]


def both(objective: Objective, optimizer: Optimizer, length: int, **options: Any) -> tuple[Trace, Trace, Progress]:
    """The trace of `descend`, that of the segments put together, and what was measured along them."""
    whole = descend(objective, optimizer, starts_on(objective, RUNS * STARTS), N_ITER, **options)
    seen, pieces = Progress(objective, N_ITER), []
    for piece in segments(objective, optimizer, starts_on(objective, RUNS * STARTS), N_ITER, length, **options):
        seen.add(piece)
        pieces.append(replace(piece, **{name: getattr(piece, name).copy() for name in (*FIELDS, "first_bad")}))
    return whole, Trace.joined(pieces), seen


def assert_same(whole: Trace, joined: Trace, seen: Progress, objective: Objective) -> None:
    for field in (*FIELDS, "first_bad"):
        assert np.array_equal(getattr(whole, field), getattr(joined, field), equal_nan=True), field
    expected, found = measure(whole, objective, RUNS), seen.columns(RUNS)
    assert list(found) == list(expected)
    for name, column in expected.items():
        assert np.array_equal(found[name], column, equal_nan=True), name


@pytest.mark.slow
@pytest.mark.parametrize("length", [1, 10, 19, N_ITER - 1, N_ITER, 1000])
@pytest.mark.parametrize("objective", [Himmelblau(), Ellipsoid(dim=3), Bowl(dim=1)], ids=["planar", "any_dim", "1-D"])
@pytest.mark.parametrize("engine", ENGINES)
def test_segments_equal_the_whole_and_so_do_their_measures(engine: Any, objective: Objective, length: int) -> None:
    rule = RMSProp(np.geomspace(1e-3, 5.0, RUNS * STARTS), 0.9)
    assert_same(*both(objective, rule, length, engine=engine), objective)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
@pytest.mark.parametrize("chunk", [4, 8192])
def test_every_optimizer_goes_on_where_it_stopped(name: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rmsprop_lab.descent.reference._width", lambda dim: chunk // dim)
    given = {"step_size": 0.01} if "step_size" in OPTIMIZERS[name].__dataclass_fields__ else {}
    for option in ("rho", "momentum"):
        if option in OPTIMIZERS[name].__dataclass_fields__:
            given[option] = 0.9
    assert_same(*both(Himmelblau(), OPTIMIZERS[name](**given), 8, engine="numpy"), Himmelblau())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("length", [1, 8, 30])
def test_descents_that_diverge_are_marked_in_the_same_iteration(engine: Any, length: int) -> None:
    found = both(Himmelblau(), GD(np.geomspace(1e-3, 0.1, RUNS * STARTS)), length, engine=engine)
    assert_same(*found, Himmelblau())
    assert len(set(found[0].first_bad.tolist())) > 3


@pytest.mark.parametrize("length", [1, 8, 30])
def test_noise_goes_on_in_its_streams(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    objective = Noisy(objective=Bowl(), sigma=0.3)
    whole = descend(objective, Adam(0.1), starts_on(objective, RUNS * STARTS), N_ITER)
    monkeypatch.setattr("rmsprop_lab.descent.batches._DRAWN", 5)
    streams = np.tile(np.arange(STARTS), RUNS)
    assert_same(*both(objective, Adam(0.1), length, streams=streams), objective)
    again = descend(objective, Adam(0.1), starts_on(objective, RUNS * STARTS), N_ITER)
    assert np.array_equal(again.points, whole.points)  # however many vectors are drawn at once
    assert not np.array_equal(
        whole.points, descend(Bowl(), Adam(0.1), starts_on(objective, RUNS * STARTS), N_ITER).points
    )
