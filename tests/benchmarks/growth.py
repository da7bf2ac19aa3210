"""How time and memory grow with runs and iterations, untraced, and time with dimensions, traced."""

import sys
from pathlib import Path

import numpy as np

from benchmarks.harness import ROOT, Row, by_turns, missing, run_output
from benchmarks.tutorial import RHO, STEP_SIZE, starts_of
from rmsprop_lab import descend
from rmsprop_lab.base import Objective
from rmsprop_lab.objectives import Bowl, Rosenbrock
from rmsprop_lab.optimizers import RMSProp

TITLE = "Growth"
ABOUT = """`descend` untraced, RMSProp on the bowl in two dimensions. The exponent is the slope of log time against log
size over the last three sizes, where the fixed cost of a call no longer counts; 1 is linear. Memory is what the peak
of a process grew by during the call.

Over dimensions: NumPy, traced, 50 iterations of 64 runs (d = 1,000) or 16 (d = 10,000); seconds per run, dimension and
iteration, over those of 10,000 runs in two dimensions."""
RUNS, ITERATIONS = [10**k for k in range(2, 7)], [10**k for k in range(2, 6)]
FEW_ITERATIONS, FEW_RUNS = 100, 100
RUNS_OF_DIM = {2: 10_000, 1000: 64, 10_000: 16}
# The peak is the kernel's for this process alone, set back before the call: `ru_maxrss` begins at that of the parent.
PEAK = """
import re, sys
from pathlib import Path
from benchmarks.growth import descend_once

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

engine, n_runs, n_iter = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
descend_once(engine, 100, 10)()
call = descend_once(engine, n_runs, n_iter)
Path("/proc/self/clear_refs").write_text("5")
before = peak()
result = call()
print(peak() - before)
"""


def descend_once(engine: str, n_runs: int, n_iter: int):
    """A call of `descend`, untraced."""
    objective = Bowl()
    starts = starts_of(objective, n_runs)
    return lambda: descend(objective, RMSProp(STEP_SIZE, RHO), starts, n_iter, record="final", engine=engine)


def rows() -> list[Row]:
    by_engine = [row for engine in ("numpy", "numba") for row in _rows(engine)]
    return [*by_engine, *_dimensions(Bowl), *_dimensions(Rosenbrock)]


def _rows(engine: str) -> list[Row]:
    if engine == "numba" and missing("numba"):
        return [Row("numba", note=missing("numba"))]
    by_runs = {n: descend_once(engine, n, FEW_ITERATIONS) for n in RUNS}
    by_iterations = {n: descend_once(engine, FEW_RUNS, n) for n in ITERATIONS}
    return [
        _exponent(f"{engine}, exponent in runs, 1e2 to 1e6", by_runs),
        _exponent(f"{engine}, exponent in iterations, 1e2 to 1e5", by_iterations),
        *_memory(engine),
    ]


def _dimensions(kind: type[Objective]) -> list[Row]:
    tasks = {str(dim): _traced(kind(dim=dim), n_runs) for dim, n_runs in RUNS_OF_DIM.items()}
    seconds = by_turns(tasks)
    each = {dim: seconds[str(dim)] / (dim * n_runs) for dim, n_runs in RUNS_OF_DIM.items()}
    return [
        Row(f"numpy, traced, {kind.__name__}, d = {dim:,} over d = 2", tuple(each[dim] / each[2]), at_most=2)
        for dim in RUNS_OF_DIM
        if dim != 2
    ]


def _traced(objective: Objective, n_runs: int):
    starts = starts_of(objective, n_runs)
    return lambda: descend(objective, RMSProp(STEP_SIZE, RHO), starts, 50, engine="numpy")


def _memory(engine: str) -> list[Row]:
    if not Path("/proc/self/clear_refs").exists():
        return [Row(f"{engine}, memory", note="needs the /proc of Linux")]
    return [
        Row(
            f"{engine}, memory per run, 1e6 runs",
            tuple(1024 * _peak(engine, RUNS[-1], 10) / RUNS[-1] for _ in range(3)),
            at_most=200,
            unit="bytes",
        ),
        Row(
            f"{engine}, memory, 1e5 iterations of 100 runs",
            tuple(_peak(engine, FEW_RUNS, ITERATIONS[-1]) / 1024 for _ in range(3)),
            at_most=1,
            unit="MB",
        ),
    ]


def _exponent(name: str, tasks: dict) -> Row:
    seconds = by_turns({str(n): task for n, task in tasks.items()}, rounds=5)
    sizes = np.log([float(n) for n in tasks])[-3:]
    times = np.log(np.array(list(seconds.values())))[-3:]
    slopes = np.polyfit(sizes, times, 1)[0]
    note = ", ".join(f"{np.median(found) * 1e3:.3g}" for found in seconds.values()) + " ms"
    return Row(name, tuple(slopes), at_most=1.1, unit="", note=note)


def _peak(engine: str, n_runs: int, n_iter: int) -> float:
    """By how many kilobytes the peak memory of a process grows in the call."""
    command = [sys.executable, "-c", PEAK, engine, str(n_runs), str(n_iter)]
    return float(run_output(command, ROOT, PYTHONPATH=str(Path(__file__).parents[1])))
