"""One run, what identifies it, and the batches that runs are computed in."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rmsprop_lab.base import Array, Optimizer, given_fields
from rmsprop_lab.descent import Engine
from rmsprop_lab.plan.keys import NUMERICS_VERSION, identity_of, sha256
from rmsprop_lab.plan.problem import Problem

# Traces of at most this many bytes are computed, measured and written as one batch.
_BATCH_BYTES = 64 * 2**20


@dataclass(frozen=True, eq=False)
class Run:
    """One optimizer with one set of hyperparameters on one problem."""

    problem: Problem
    optimizer_name: str
    optimizer: Optimizer
    engine: Engine = "auto"

    @cached_property
    def run_key(self) -> str:
        """SHA-256 of everything that decides the run's numbers, and of nothing else: no label is in it.

        The engine is part of it only where it decides a bit: numba on a class that is not `exact`.
        """
        identity = {**self.problem.identity, "optimizer": identity_of(self.optimizer), "numerics": NUMERICS_VERSION}
        if self.engine == "numba" and not (self.problem.objective.exact and self.optimizer.exact):
            identity["engine"] = self.engine
        return sha256(identity)

    @property
    def hyperparameters(self) -> dict[str, float]:
        return given_fields(self.optimizer)


def batches(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Splits the runs of one cell so that the traces of each batch stay within a fixed memory."""
    if not runs:
        return
    size = batch_size(runs[0].problem)
    for low in range(0, len(runs), size):
        yield list(runs[low : low + size])


def batch_size(problem: Problem) -> int:
    """How many runs are computed, measured and written at once."""
    dim, count = problem.points.shape
    size: int = _BATCH_BYTES // (8 * problem.kept * count * (dim + 2))
    return max(1, size)


def stack(runs: Sequence[Run]) -> tuple[Optimizer, Array]:
    """The runs of one batch as one optimizer with `(B,)` hyperparameters and starts `(d, B)`.

    B = runs x starts, a run's starts next to each other.
    """
    points = runs[0].problem.points
    columns = {
        name: np.repeat(np.array([run.hyperparameters[name] for run in runs]), points.shape[1])
        for name in runs[0].hyperparameters
    }
    return dataclasses.replace(runs[0].optimizer, **columns), np.tile(points, len(runs))
