"""Against what the machine can do at best: a square root and a division for every coordinate of every step."""

from collections.abc import Callable

import numpy as np

from benchmarks.harness import Row, by_turns, missing
from benchmarks.tutorial import N_ITER, N_RUNS, RHO, STEP_SIZE, starts_of
from rmsprop_lab import Trace, descend
from rmsprop_lab.base import Objective
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.errors import InputError
from rmsprop_lab.optimizers import RMSProp

TITLE = "The limit of the machine"
ABOUT = """The time that a square root and a division need for each run, dimension and iteration (a compiled loop over
an array in the first cache), as a share of the time that the numba engine takes: RMSProp, 10,000 runs, 50 iterations,
in the fewest dimensions from 2 that the objective has, and in ten or eight. Traced, the time of writing the traces into
warm buffers is added. A rotation takes 4 d² operations per run and iteration, which is above this limit by itself."""
_IN_L1 = 2048  # numbers, 16 kB
_REPEATS = 100


def roots_and_quotients() -> Callable[[], None]:
    """A compiled loop that takes `_IN_L1 * _REPEATS` square roots and as many divisions."""
    import numba

    @numba.njit(error_model="numpy")
    def work(numbers: np.ndarray, repeats: int) -> None:
        for _ in range(repeats):
            for j in range(len(numbers)):
                numbers[j] = 1.5 / (1e-8 + np.sqrt(numbers[j]))

    numbers = np.linspace(0.5, 2.0, _IN_L1)
    return lambda: work(numbers, _REPEATS)


def rows() -> list[Row]:
    classes = [cls for cls in classes_in("rmsprop_lab.objectives", Objective).values() if cls.exact]
    classes.sort(key=lambda cls: (not cls.planar, cls.__name__))
    return [row for cls in classes for objective in in_few_and_ten(cls) for row in _rows(objective)]


def in_few_and_ten(cls: type[Objective]) -> list[Objective]:
    """Objectives of two dimensions, or of the fewest that the class has, and of ten or eight where it has them."""
    found = []
    for dims in (range(2, 9), (10, 8)):
        for dim in dims:
            try:
                found.append(cls(dim=dim))
            except InputError:
                continue
            break
    return found


def _rows(objective: Objective) -> list[Row]:
    name = f"{type(objective).__name__}, {objective.dim}-D"
    untraced, traced = 75, 45
    if missing("numba"):
        return [Row(name, at_least=untraced, unit="%", note=missing("numba"))]
    optimizer, starts = RMSProp(STEP_SIZE, RHO), starts_of(objective, N_RUNS)
    final = descend(objective, optimizer, starts, N_ITER, record="final", engine="numba")
    trace = descend(objective, optimizer, starts, N_ITER, engine="numba")
    assert np.array_equal(trace.points[-1], final.points[0], equal_nan=True)
    blank = Trace.empty(N_ITER + 1, objective.dim, N_RUNS)

    def write() -> None:
        for array in (blank.points, blank.values, blank.gradient_norms):
            array.fill(1.0)

    seconds = by_turns(
        {
            "limit": roots_and_quotients(),
            "final": lambda: descend(objective, optimizer, starts, N_ITER, record="final", engine="numba", out=final),
            "trace": lambda: descend(objective, optimizer, starts, N_ITER, engine="numba", out=trace),
            "write": write,
        }
    )
    limit = seconds["limit"] / (_IN_L1 * _REPEATS) * (N_RUNS * N_ITER * objective.dim)
    note = f"limit {np.median(limit) / (N_RUNS * N_ITER * objective.dim) * 1e9:.2f} ns"
    return [
        Row(f"{name}, untraced", tuple(100 * limit / seconds["final"]), untraced, unit="%", note=note),
        Row(f"{name}, traced", tuple(100 * (limit + seconds["write"]) / seconds["trace"]), traced, unit="%"),
    ]
