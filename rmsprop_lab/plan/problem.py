"""A problem: one objective with its starts and its number of iterations."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.keys import identity_of
from rmsprop_lab.plan.starts import Starts, digest

MOST_KEPT = 10_001
"""Iterations of a run that are kept: of longer ones the log-spaced iterations, the first and the last among them."""

# What is kept of one run from all its starts must fit into memory.
_MOST_TRACE_BYTES = 2 * 2**30
_MOST_ITERATIONS = 10**8  # a run alone takes 10 microseconds an iteration, and more


@dataclass(frozen=True, eq=False)
class Problem:
    """One objective with its starts and its number of iterations: what optimizers are compared on.

    Two problems are equal only if they are the same object, so a problem serves as a key.
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
        """Everything about the problem that decides a run's numbers, as plain data."""
        identity = {
            "objective": identity_of(self.objective),
            "starts": digest(self.points),
            "start_seed": self.start_seed,
            "n_iter": self.n_iter,
        }
        return {**identity, "first_stream": stream} if (stream := self.starts.first_stream) else identity

    @property
    def kept(self) -> int:
        """The largest number of iterations of a run that is kept."""
        return min(self.n_iter + 1, MOST_KEPT)

    @property
    def start_seed(self) -> int | None:
        """The seed of the starts; None where the points are given."""
        return None if self.starts.method == "fixed" else self.starts.seed

    def check(self) -> None:
        """Raises `InputError` for starts that do not fit the objective and for more than memory or a day can hold."""
        try:
            dim, count = self.points.shape
        except InputError as error:
            raise error.under("starts") from None
        if self.n_iter > _MOST_ITERATIONS:
            hours = Found(f"{self.n_iter:,}, {self.n_iter * 1e-5 / 3600:,.0f} hours and more for a single run")
            raise InputError("n_iter", f"at most {_MOST_ITERATIONS:,} iterations", hours, "Lower n_iter.")
        trace = 8 * self.kept * count * (dim + 2)
        if trace > _MOST_TRACE_BYTES:
            found = Found(f"{self.kept:,} iterations from {count} starts: {trace / 2**30:.1f} GiB")
            raise InputError("n_iter", "a trace of at most 2 GiB per run", found, "Lower n_iter or starts.count.")
