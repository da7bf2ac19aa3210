"""A dense map of two hyperparameters: how long it computes, and in how much memory."""

import json
import re
import sys
import time
from pathlib import Path

from benchmarks.harness import ROOT, Row, missing, run_output
from rmsprop_lab.evaluation.maps import hyperparameter_map
from rmsprop_lab.objectives import Beale, Himmelblau
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts

TITLE = "A landscape"
ABOUT = """The map of the final gap over step size and rho of RMSProp, 1024 × 1024 points from one start, 200 iterations
each, by numba on one core, in a process of its own: the processor's seconds once the loop is compiled, and the peak of
the whole process's memory. No ratios here: seconds on the machine named below."""
RESOLUTION, N_ITER, ROUNDS = 1024, 200, 5
OBJECTIVES = {"himmelblau": Himmelblau, "beale": Beale}
SPACE = {"step_size": Range(1e-4, 1.0, "log"), "rho": Range(0.9, 0.999, "log_complement")}


def rows() -> list[Row]:
    return [row for name in OBJECTIVES for row in _rows(name)]


def _rows(name: str) -> list[Row]:
    if missing("numba"):
        return [Row(name, at_most=3, unit="s", note=missing("numba"))]
    command = [sys.executable, "-m", "benchmarks.landscape", name]
    found = json.loads(run_output(command, ROOT, PYTHONPATH=str(Path(__file__).parents[1])))
    return [
        Row(f"{name}, computing", tuple(found["seconds"]), at_most=3, unit="s"),
        Row(f"{name}, peak memory", (found["megabytes"],), at_most=1024, unit="MB"),
    ]


def _measure(name: str) -> None:
    """Prints what a process of its own took."""
    problem = Problem(name, OBJECTIVES[name](), Starts(count=1), N_ITER)
    cell = Cell(problem, "rmsprop", RMSProp(0.01, 0.99), SPACE, Search("grid"), "numba")
    fresh = Problem(name, problem.objective, Starts("fresh", count=100), N_ITER)
    hyperparameter_map(cell, 16, fresh)  # compiles
    seconds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        hyperparameter_map(cell, RESOLUTION, fresh)
        seconds.append(time.process_time() - began)
    status = Path("/proc/self/status").read_text()  # `ru_maxrss` begins at that of the parent
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


if __name__ == "__main__":
    _measure(sys.argv[1])
