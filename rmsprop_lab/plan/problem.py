"""A problem: one objective with its starts and its number of iterations."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.keys import objective_identity
from rmsprop_lab.plan.starts import Starts, digest

MOST_KEPT = 10_001
"""The most iterations of a run that are kept; of a longer run, log-spaced ones, the first and the last among them."""

_MOST_TRACE_BYTES = 2 * 2**30  # the trace of one run, all its starts, must fit into memory
MOST_ITERATIONS = 10**8  # a single run takes at least 10 microseconds per iteration


@dataclass(frozen=True, eq=False)
class Problem:
    """One objective with its starts and its number of iterations: what optimizers are compared on.

    Problems compare by identity, so that a problem can be the key of a dictionary.

    Args:
        name: The objective's name in the study.
        objective: The function to minimise.
        starts: Where the descents begin.
        n_iter: Number of iterations of each descent.
    """

    name: str
    objective: Objective
    starts: Starts
    n_iter: int

    @cached_property
    def points(self) -> Array:
        """The starts, `(d, count)`."""
        return self.starts.at(self.objective)

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Everything about the problem that decides the numbers of a run, as plain data."""
        return {"objective": objective_identity(self.objective, self.points), **self.setting}

    @cached_property
    def setting(self) -> dict[str, Any]:
        """The same without the objective: starts and number of iterations."""
        setting = {
            "starts": digest(self.points),
            "start_seed": self.start_seed,
            "n_iter": self.n_iter,
        }
        return {**setting, "first_stream": stream} if (stream := self.starts.first_stream) else setting

    @property
    def streams(self) -> NDArray[np.int64]:
        """The noise stream of each start, `(count,)`."""
        return self.starts.first_stream + np.arange(self.points.shape[1])

    @property
    def kept(self) -> int:
        """The largest number of iterations that are kept of a run, the start included."""
        return min(self.n_iter + 1, MOST_KEPT)

    @property
    def start_seed(self) -> int | None:
        """The seed of the starts; None for fixed points."""
        return None if self.starts.method == "fixed" else self.starts.seed

    def check(self) -> None:
        """Checks that the starts fit the objective, and that a run fits into memory and a reasonable time.

        Raises:
            InputError: They do not. The error's key is `n_iter`, or the argument of `starts`.
        """
        try:
            dim, count = self.points.shape
        except InputError as error:
            raise error.under("starts") from None
        if self.n_iter > MOST_ITERATIONS:
            hours = Found(
                f"{self.n_iter:,}, which take at least {(self.n_iter + 180_000_000) // 360_000_000:,} hours per run"
            )
            raise InputError("n_iter", f"at most {MOST_ITERATIONS:,} iterations", hours, "Lower n_iter.")
        trace = 8 * self.kept * count * (dim + 2)
        if trace > _MOST_TRACE_BYTES:
            found = Found(f"{trace / 2**30:.1f} GiB ({self.kept:,} iterations from {count:,} starts)")
            raise InputError("n_iter", "a trace of at most 2 GiB per run", found, "Lower n_iter or starts.count.")
