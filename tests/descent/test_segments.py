"""Long descents: computed in segments that equal the whole bit for bit, measured exactly, kept thinned."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.catalogue import OPTIMIZERS
from support.measuring import measure
from support.studies import study

from rmsprop_lab import Trace, descend, load, load_traces, run_study
from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.descent import compiled, segments
from rmsprop_lab.evaluation import compute as batch
from rmsprop_lab.evaluation.measures import Progress
from rmsprop_lab.objectives import Bowl, Ellipsoid, Himmelblau
from rmsprop_lab.optimizers import GD, Adam, RMSProp
from rmsprop_lab.plan import problem
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.content import metrics
from rmsprop_lab.wrappers import Noisy

FIELDS = ("points", "values", "gradient_norms", "iterations")
N_ITER, RUNS, STARTS = 57, 4, 3
ENGINES = [
    "numpy",
    pytest.param("numba", marks=pytest.mark.skipif(not compiled.installed(), reason="needs numba")),
]


def starts_on(objective: Objective) -> Array:
    low, high = objective.bounds.T[:, :, None]
    return low + np.random.default_rng(7).random((objective.dim, RUNS * STARTS)) * (high - low)


def both(objective: Objective, optimizer: Optimizer, length: int, **options: Any) -> tuple[Trace, Trace, Progress]:
    """The trace of `descend`, that of the segments put together, and what was measured along them."""
    whole = descend(objective, optimizer, starts_on(objective), N_ITER, **options)
    seen, pieces = Progress(objective), []
    for piece in segments(objective, optimizer, starts_on(objective), N_ITER, length, **options):
        seen.add(piece)
        pieces.append(Trace(*(getattr(piece, name).copy() for name in (*FIELDS[:3], "first_bad", "iterations"))))
    return whole, Trace.joined(pieces), seen


def assert_same(whole: Trace, joined: Trace, seen: Progress, objective: Objective) -> None:
    for field in (*FIELDS, "first_bad"):
        assert np.array_equal(getattr(whole, field), getattr(joined, field), equal_nan=True), field
    expected, found = measure(whole, objective, RUNS), seen.columns(RUNS)
    assert list(found) == list(expected)
    for name, column in expected.items():
        assert np.array_equal(found[name], column, equal_nan=True), name


@pytest.mark.parametrize("length", [1, 10, 19, N_ITER - 1, N_ITER, 1000])
@pytest.mark.parametrize("objective", [Himmelblau(), Ellipsoid(dim=3), Bowl(dim=1)], ids=["planar", "any_dim", "1-D"])
@pytest.mark.parametrize("engine", ENGINES)
def test_segments_equal_the_whole_and_so_do_their_measures(engine: Any, objective: Objective, length: int) -> None:
    rule = RMSProp(np.geomspace(1e-3, 5.0, RUNS * STARTS), 0.9)
    assert_same(*both(objective, rule, length, engine=engine), objective)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
@pytest.mark.parametrize("chunk", [4, 8192])
def test_every_optimizer_goes_on_where_it_stopped(name: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rmsprop_lab.descent.reference._CHUNK", chunk)
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
    whole = descend(objective, Adam(0.1), starts_on(objective), N_ITER)
    monkeypatch.setattr("rmsprop_lab.descent.batches._DRAWN", 5)
    streams = np.tile(np.arange(STARTS), RUNS)
    assert_same(*both(objective, Adam(0.1), length, streams=streams), objective)
    again = descend(objective, Adam(0.1), starts_on(objective), N_ITER)
    assert np.array_equal(again.points, whole.points)  # however many vectors are drawn at once
    assert not np.array_equal(whole.points, descend(Bowl(), Adam(0.1), starts_on(objective), N_ITER).points)


def test_only_what_is_kept_is_thinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = study(n_iter=300, steps=(1e-3, 0.1, 10.0))
    run_study(whole, output_dir=tmp_path / "whole", tracking="none")
    monkeypatch.setattr(problem, "MOST_KEPT", 40)
    monkeypatch.setattr(batch, "_SEGMENT_BYTES", 20_000)
    thin = study(n_iter=300, steps=(1e-3, 0.1, 10.0))
    run_study(thin, output_dir=tmp_path / "thin", tracking="none")
    runs, kept = load("s", tmp_path / "whole"), load("s", tmp_path / "thin")
    assert (runs["outcome"] == "diverged").any()
    by_key = [table.sort_values("run_key", ignore_index=True) for table in (runs, kept)]
    assert by_key[0].equals(by_key[1])
    traces, few = load_traces("s", output_dir=tmp_path / "whole"), load_traces("s", output_dir=tmp_path / "thin")
    iterations = sorted(few["iteration"].unique())
    assert (iterations[0], iterations[-1]) == (0, 300)
    assert 20 < len(iterations) <= 40
    where = ["run_key", "start", "iteration"]
    expected = traces[traces["iteration"].isin(iterations)].sort_values(where, ignore_index=True)
    found = few.sort_values(where, ignore_index=True)
    assert found.drop(columns="point").equals(expected.drop(columns="point"))
    assert np.array_equal(np.stack(found["point"]), np.stack(expected["point"]), equal_nan=True)
    for trace in StudyFolder(tmp_path / "thin", "s").trace_of(list(kept["run_key"])).values():
        assert trace.iterations.tolist() == iterations


def test_curves_of_a_thinned_trace_name_their_iterations() -> None:
    iterations = [0, 1, 2, 5, 10, 100, 1000, 9999, 20_000]
    row = {"outcome": "failed", "objective": "bowl", "hyperparameters": {}}
    points = list(metrics(row, {"value": np.arange(9.0)}, iterations))
    assert {(step, value) for _, value, step in points} == set(zip(iterations, map(float, range(9)), strict=True))


PEAK = """
import re, sys
from pathlib import Path
from rmsprop_lab.cli import main

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

try:
    main()
finally:
    print("PEAK", peak(), file=sys.stderr)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs the /proc of Linux")
def test_a_hundred_thousand_iterations_stay_within_memory(tmp_path: Path) -> None:
    """Kept whole, these traces need 1.5 GB."""
    grid = ("optimizer.rmsprop.space.step_size.points=3", "optimizer.rmsprop.space.rho.points=3")
    grid += ("evaluation.count=0", "n_iter=100000", "tracking=none")
    given = ("objective=bowl", "optimizer=rmsprop", "search=grid", *grid)
    command = [sys.executable, "-c", PEAK, *given, "starts.count=10"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stderr.rpartition("PEAK")[2]) < 700  # MB, of which 220 are there before anything is computed
    assert len(load("study", tmp_path / "outputs")) == 9
