"""A run, its key, and the batches that runs are computed in."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rmsprop_lab.base import Array, Optimizer, given_fields
from rmsprop_lab.descent import Engine, is_exact
from rmsprop_lab.plan.keys import NUMERICS_VERSION, optimizer_identity, sha256
from rmsprop_lab.plan.problem import Problem

# The traces of one batch take at most this many bytes, unless a single run takes more.
_BATCH_BYTES = 64 * 2**20


@dataclass(frozen=True, eq=False)
class Run:
    """One optimizer with one set of hyperparameters on one problem.

    Args:
        problem: Objective, starts and number of iterations.
        optimizer_name: The optimizer's name in the study; not part of the key.
        optimizer: The update rule with its hyperparameters.
        engine: `auto`, `numpy` or `numba`.
    """

    problem: Problem
    optimizer_name: str
    optimizer: Optimizer
    engine: Engine = "auto"

    @cached_property
    def run_key(self) -> str:
        """SHA-256 of everything that decides the run's numbers, and of nothing else; names are not part of it.

        The engine is part of it only if it can change a bit: `numba` with a function or rule that is not exact.
        """
        optimizer = optimizer_identity(self.optimizer)
        identity = {**self.problem.identity, "optimizer": optimizer, "numerics": NUMERICS_VERSION}
        return sha256(identity | self.engine_identity)

    @property
    def engine_identity(self) -> dict[str, str]:
        """The engine, where it can change a bit; else nothing."""
        if self.engine != "numba" or all(
            part.exact or is_exact(part) for part in (self.problem.objective, self.optimizer)
        ):
            return {}
        return {"engine": self.engine}

    @property
    def hyperparameters(self) -> dict[str, float]:
        """All hyperparameters by name."""
        return given_fields(self.optimizer)


def batches(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Splits the runs of one cell into batches whose traces take a bounded amount of memory."""
    if not runs:
        return
    size = batch_size(runs[0].problem)
    for low in range(0, len(runs), size):
        yield list(runs[low : low + size])


def batch_size(problem: Problem) -> int:
    """Number of runs of a problem that are computed, measured and written as one batch."""
    dim, count = problem.points.shape
    size: int = _BATCH_BYTES // (8 * problem.kept * count * (dim + 2))
    return max(1, size)


def stack(runs: Sequence[Run]) -> tuple[Optimizer, Array]:
    """Combines the runs of a batch for `descend`.

    Args:
        runs: Runs that share a problem and an optimizer class.

    Returns:
        One optimizer with hyperparameters `(B,)`, and the starts `(d, B)`, where B = runs x starts; all starts of a
        run are next to each other.
    """
    points = runs[0].problem.points
    columns = {
        name: np.repeat(np.array([run.hyperparameters[name] for run in runs]), points.shape[1])
        for name in runs[0].hyperparameters
    }
    return dataclasses.replace(runs[0].optimizer, **columns), np.tile(points, len(runs))
