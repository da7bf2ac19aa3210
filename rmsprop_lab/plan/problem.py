"""A problem: one objective with its starts and its number of iterations, checked before anything is computed."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

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
    """One objective with its starts and its number of iterations: what optimizers are compared on."""

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
        """At most so many iterations of a run are kept."""
        return min(self.n_iter + 1, MOST_KEPT)

    @property
    def start_seed(self) -> int | None:
        return None if self.starts.method == "fixed" else self.starts.seed


def check_problem(problem: Problem) -> None:
    """The objective at its starts: shapes, kinds of number, and nothing that is not finite.

    What its code raises is left to the runs, which record it.
    """
    try:
        points = problem.points
    except InputError as error:
        raise error.under("starts") from None
    if problem.n_iter > _MOST_ITERATIONS:
        hours = Found(f"{problem.n_iter:,}, {problem.n_iter * 1e-5 / 3600:,.0f} hours and more for a single run")
        raise InputError("n_iter", f"at most {_MOST_ITERATIONS:,} iterations", hours, "Lower n_iter.")
    trace = 8 * problem.kept * points.shape[1] * (points.shape[0] + 2)
    if trace > _MOST_TRACE_BYTES:
        found = Found(f"{problem.kept:,} iterations from {points.shape[1]} starts: {trace / 2**30:.1f} GiB")
        raise InputError("n_iter", "a trace of at most 2 GiB per run", found, "Lower n_iter or starts.count.")
    for name, expected in {"value": points.shape[1:], "gradient": points.shape}.items():
        try:
            with np.errstate(all="ignore"):
                answer = getattr(problem.objective, name)(points)
        except Exception:
            return
        _check_numbers(answer, expected, points, f"objective.{problem.name}.{name}")


def _check_numbers(answer: Any, expected: tuple[int, ...], points: Array, key: str) -> None:
    try:
        array = np.asarray(answer)
    except ValueError:  # parts of different shapes
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "fiu" or array.shape != expected:
        numbers = f"real numbers of shape {expected} for points of shape {points.shape}"
        raise InputError(key, numbers, Found(f"{array.dtype} of shape {array.shape}"))
    finite = np.isfinite(array).reshape(-1, points.shape[1]).all(axis=0)
    if not finite.all():
        start = int(finite.argmin())
        where = Found(f"NaN or infinity at start {start}, {points[:, start].tolist()}")
        raise InputError(key, "finite numbers at every start", where)
