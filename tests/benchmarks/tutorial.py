"""Against the tutorial's loop as published, without its `print`: one run and one number at a time."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
from numpy import asarray

from benchmarks.harness import Row, by_turns, missing
from rmsprop_lab import descend
from rmsprop_lab.base import Objective
from rmsprop_lab.objectives import Beale, Bowl, Himmelblau
from rmsprop_lab.optimizers import RMSProp

TITLE = "The tutorial's loop"
ABOUT = """Times of the tutorial's loop per run, over those of `descend`: 10,000 runs of RMSProp in two dimensions, 50
iterations, buffers reused. The loop is measured on 100 of the runs. Nanoseconds are per run, dimension
and iteration. The targets were set where the loop took 3,000 ns. On the machine named below, shared with others, it
took 900 to 1,600 on one day and 2,200 to 3,200 on another, when compiled loops took less: read the nanoseconds. A
square root and a division alone took 1.25 ns and 0.85 (next section): on the first day 1,500 × was out of reach."""
N_RUNS, N_ITER, MEASURED = 10_000, 50, 100
STEP_SIZE, RHO = 0.01, 0.99
_EACH = 1e-9 * N_ITER * 2  # nanoseconds of a run per iteration and dimension
TARGETS = {"bowl": 500, "himmelblau": 900, "beale": 900}


def loop(objective: Callable, derivative: Callable, solution: np.ndarray) -> list[Any]:
    """The published search, from a given start `(2,)`; returns the last point and its value."""
    sq_grad_avg = [0.0 for _ in range(solution.shape[0])]
    for _ in range(N_ITER):
        gradient = derivative(solution[0], solution[1])
        for i in range(gradient.shape[0]):
            sg = gradient[i] ** 2.0
            sq_grad_avg[i] = (sq_grad_avg[i] * RHO) + (sg * (1.0 - RHO))
        new_solution = []
        for i in range(solution.shape[0]):
            alpha = STEP_SIZE / (1e-8 + sqrt(sq_grad_avg[i]))
            value = solution[i] - alpha * gradient[i]
            new_solution.append(value)
        solution = asarray(new_solution)
        solution_eval = objective(solution[0], solution[1])
    return [solution, solution_eval]


def functions(objective: Objective) -> tuple[Callable, Callable]:
    """Value and gradient as functions of x and y; for the bowl those of the tutorial."""
    if isinstance(objective, Bowl):
        return lambda x, y: x**2.0 + y**2.0, lambda x, y: asarray([x * 2.0, y * 2.0])
    return lambda x, y: objective.value((x, y)), lambda x, y: asarray(objective.gradient((x, y)))


def starts_of(objective: Objective, n_runs: int) -> np.ndarray:
    low, high = objective.bounds.T
    return np.random.default_rng(0).uniform(low, high, (n_runs, objective.dim)).T.copy()


def rows() -> list[Row]:
    return [row for objective in (Bowl(), Himmelblau(), Beale()) for row in _rows(objective)]


def _rows(objective: Objective) -> list[Row]:
    name, optimizer = type(objective).__name__.lower(), RMSProp(STEP_SIZE, RHO)
    starts = starts_of(objective, N_RUNS)
    few = [np.ascontiguousarray(start) for start in starts[:, :MEASURED].T]
    value, gradient = functions(objective)
    found = np.array([loop(value, gradient, start)[0] for start in few]).T

    tasks: dict[str, Callable[[], Any]] = {"loop": lambda: [loop(value, gradient, start) for start in few]}
    for engine in ("numpy",) if missing("numba") else ("numpy", "numba"):
        for record in ("trace", "final"):
            out = descend(objective, optimizer, starts, N_ITER, record=record, engine=engine)
            np.testing.assert_allclose(out.points[-1, :, :MEASURED], found, rtol=1e-6, atol=1e-12)
            tasks[f"{engine} {record}"] = lambda engine=engine, record=record, out=out: descend(
                objective, optimizer, starts, N_ITER, record=record, engine=engine, out=out
            )
    seconds = by_turns(tasks)
    per_run = seconds["loop"] / MEASURED
    targets = {"numpy trace": 300, "numpy final": None, "numba trace": TARGETS[name], "numba final": 1500}
    words = {"trace": "traced", "final": "untraced"}
    found = []
    for task, target in targets.items():
        engine, record = task.split()
        what = f"{name}, {engine}, {words[record]}"
        if task in seconds:
            note = f"{np.median(per_run) / _EACH:.0f} ns against {np.median(seconds[task]) / N_RUNS / _EACH:.2g} ns"
            found.append(Row(what, tuple(per_run * N_RUNS / seconds[task]), target, note=note))
        else:
            found.append(Row(what, at_least=target, note=missing("numba")))
    return found
