"""A cell: one search inside a study."""

import dataclasses
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rmsprop_lab.base import Optimizer, intervals
from rmsprop_lab.descent import Engine
from rmsprop_lab.errors import Found, InputError, raised
from rmsprop_lab.plan.edges import Edge, edges_of, widened
from rmsprop_lab.plan.keys import NUMERICS_VERSION, optimizer_identity, sha256
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.scores import default_score
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Space, check_names, grid_size, is_active


@dataclass(frozen=True, eq=False)
class Cell:
    """One search inside a study: one optimizer with one space on one problem.

    Args:
        problem: Objective, starts and number of iterations.
        optimizer_name: The optimizer's name in the study.
        optimizer: The optimizer as configured; hyperparameters outside the space keep its values.
        space: The ranges that the search varies.
        search: Method, score and seed.
        engine: `auto`, `numpy` or `numba`.
        repeat: Number of the repeat, from 0; it is added to the search's seed. The problem has the repeat's starts.
        phase: `search`, or `evaluate` for the single run of a winner, or of the untuned optimizer, on fresh starts.
        regime: Origin of the hyperparameters: `default`, `grid` or `tuned`; by default that of the search.
    """

    problem: Problem
    optimizer_name: str
    optimizer: Optimizer
    space: Space
    search: Search
    engine: Engine = "auto"
    repeat: int = 0
    phase: str = "search"
    regime: str = ""

    def __post_init__(self) -> None:
        if not self.regime:
            object.__setattr__(self, "regime", self.search.regime)

    @cached_property
    def key(self) -> str:
        """SHA-256 of everything that decides which trials the search makes. A changed space is another cell."""
        identity = {
            **self.problem.identity,
            "labels": [self.problem.name, self.optimizer_name],
            "optimizer": optimizer_identity(self.optimizer),
            "space": _space_identity(self.space, self.search) if self.search.method != "none" else None,
            "search": self.search.identity(self.repeat, self.score),
            "numerics": NUMERICS_VERSION,
        }
        if self.phase != "search":
            identity |= {"phase": self.phase, "regime": self.regime, "repeat": self.repeat}
        return sha256(identity)

    def __len__(self) -> int:
        return self.size

    @property
    def size(self) -> int:
        """Number of trials, which for a grid may be more than Python allows as a length."""
        if self.search.draws:
            return min(self.search.trials, sys.maxsize)
        return min(grid_size(self.space), sys.maxsize) if self.search.method == "grid" else 1

    @property
    def score(self) -> str:
        """The name of the score that its trials are judged by."""
        return self.search.score or default_score(self.problem.objective)

    @property
    def is_untuned(self) -> bool:
        """Whether it evaluates the optimizer as configured, for comparison with a winner."""
        return self.phase == "evaluate" and self.regime == "default"

    @property
    def seed(self) -> int:
        """Seed of this repeat."""
        return self.search.seed + self.repeat

    def run(self, hyperparameters: Mapping[str, float]) -> Run:
        """The run at one point of the space.

        Raises:
            InputError: The optimizer rejects a value. The error's key is the hyperparameter's name, or those of all.
        """
        try:
            optimizer = dataclasses.replace(self.optimizer, **hyperparameters)
        except InputError:
            raise
        except BaseException as error:  # from a user's class: without an object there is no run to record it with
            found = Found(f"{dict(hyperparameters)} ({raised(error)})")
            raise InputError(", ".join(hyperparameters), f"values that {self.optimizer_name} takes", found) from None
        return Run(self.problem, self.optimizer_name, optimizer, self.engine)

    def edges(self, hyperparameters: Mapping[str, float]) -> list[Edge]:
        """The ends of the space that a point lies at. Conditional ranges count only if they are active there."""
        active = {name: hyperparameters[name] for name, span in self.space.items() if is_active(span, hyperparameters)}
        return edges_of(self.space, active, intervals(type(self.optimizer)))

    def widened(self, edges: list[Edge]) -> "Cell":
        """The same search over a space widened at these ends: another cell."""
        return dataclasses.replace(self, space=widened(self.space, edges))

    def check(self) -> None:
        """Checks that the space can be searched.

        Raises:
            InputError: The space has no range, a range of a field that the optimizer does not have, values that the
                optimizer rejects, a condition on a hyperparameter that does not precede it, or only one point although
                the search draws points.
        """
        if self.search.method == "none":
            return
        key = f"spaces.{self.optimizer_name}"
        if not self.space and self.search.over is not None:
            raise InputError("search.over", f"one or more hyperparameters of {key}", list(self.search.over))
        if not self.space:
            change = "Add one, as in step_size: {low: 1e-4, high: 1, scale: log, points: 9}; or leave out the search."
            raise InputError(key, "a range of at least one hyperparameter to search", Found("none"), change)
        check_names(self.space, self.optimizer, key)
        for name, span in self.space.items():
            self._check_condition(name, key)
            ends = (span.low, span.high) if span.values is None else span.values
            for end in ends:
                try:
                    self.run({name: end})
                except InputError as error:
                    raise error.under(key) from None
        if self.search.draws and not any(span.varies for span in self.space.values()):
            raise InputError(
                key, "a range of more than one number", Found("a single point"), "Widen a range, or set search=none."
            )

    def _check_condition(self, name: str, key: str) -> None:
        above = list(self.space)[: list(self.space).index(name)]
        for parent, among in (self.space[name].when or {}).items():
            at = f"{key}.{name}.when"
            if parent not in above:
                raise InputError(at, f"a hyperparameter that precedes {name} in the space", parent)
            values = self.space[parent].values
            if values is None:
                raise InputError(f"{at}.{parent}", "a hyperparameter with explicit `values`", Found("a range"))
            if not set(among) <= set(values):
                raise InputError(f"{at}.{parent}", f"some of its values {list(values)}", list(among))


def _space_identity(space: Space, search: Search) -> dict[str, Any]:
    """The fields of each range that decide the trials: a sampler does not use the number of grid points."""
    identity = {}
    for name, span in space.items():
        fields = {"low": span.low, "high": span.high, "scale": span.scale, "points": span.points, "values": span.values}
        if search.draws:
            del fields["points"]
        identity[name] = fields | ({"when": span.when} if span.when else {})
    return identity
