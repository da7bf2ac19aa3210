"""One search inside a study: how it chooses, over which space, on which problem."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rmsprop_lab.base import Optimizer, given_fields, intervals
from rmsprop_lab.descent import Engine
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.edges import Edge, edges_of, widened
from rmsprop_lab.plan.keys import NUMERICS_VERSION, identity_of, sha256
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Space, grid_size, is_active


@dataclass(frozen=True, eq=False)
class Cell:
    """One search inside a study: one optimizer with one space on one problem.

    `phase` is `search`, or `evaluate` for the one run that shows on fresh starts what a search found.
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
        """SHA-256 of everything that decides what is searched and how: a changed space is another cell."""
        identity = {
            **self.problem.identity,
            "labels": [self.problem.name, self.optimizer_name],
            "optimizer": identity_of(self.optimizer),
            "space": _space_identity(self.space, self.search) if self.search.method != "none" else None,
            "search": self.search.identity(self.repeat),
            "numerics": NUMERICS_VERSION,
        }
        if self.phase != "search":
            identity |= {"phase": self.phase, "regime": self.regime, "repeat": self.repeat}
        return sha256(identity)

    def __len__(self) -> int:
        if self.search.draws:
            return self.search.trials
        return grid_size(self.space) if self.search.method == "grid" else 1

    @property
    def is_untuned(self) -> bool:
        """Whether it shows the optimizer as configured beside a winner."""
        return self.phase == "evaluate" and self.regime == "default"

    @property
    def seed(self) -> int:
        """Seed of this repeat of the search."""
        return self.search.seed + self.repeat

    def run(self, hyperparameters: Mapping[str, float]) -> Run:
        """The run at one point of the space."""
        optimizer = dataclasses.replace(self.optimizer, **hyperparameters)
        return Run(self.problem, self.optimizer_name, optimizer, self.engine)

    def edges(self, hyperparameters: Mapping[str, float]) -> list[Edge]:
        """The ends of the space that a point of it is at; of conditional ranges only the active ones count."""
        active = {name: hyperparameters[name] for name, span in self.space.items() if is_active(span, hyperparameters)}
        return edges_of(self.space, active, intervals(type(self.optimizer)))

    def widened(self, edges: list[Edge]) -> "Cell":
        """The same search over a wider space, which is another cell."""
        return dataclasses.replace(self, space=widened(self.space, edges))

    def check(self) -> None:
        """Raises `InputError` for a space that cannot be searched."""
        if self.search.method == "none":
            return
        key = f"spaces.{self.optimizer_name}"
        if not self.space and self.search.over is not None:
            raise InputError("search.over", f"one or more of the ranges in {key}", list(self.search.over))
        if not self.space:
            raise InputError(key, "the range of at least one hyperparameter", dict(self.space))
        for name, span in self.space.items():
            if name not in given_fields(self.optimizer):
                known = ", ".join(given_fields(self.optimizer))
                raise InputError(key, f"hyperparameters of {type(self.optimizer).__name__} ({known})", name)
            self._check_condition(name, key)
            ends = (span.low, span.high) if span.values is None else span.values
            for end in ends:
                try:
                    self.run({name: end})
                except InputError as error:
                    raise error.under(key) from None
        if self.search.draws and not any(span.varies for span in self.space.values()):
            raise InputError(
                key, "a range of more than one number", Found("one point"), "Widen it, or search nothing (none)."
            )

    def _check_condition(self, name: str, key: str) -> None:
        above = list(self.space)[: list(self.space).index(name)]
        for parent, among in (self.space[name].when or {}).items():
            at = f"{key}.{name}.when"
            if parent not in above:
                raise InputError(at, f"a hyperparameter above {name} in the space", parent)
            values = self.space[parent].values
            if values is None:
                raise InputError(f"{at}.{parent}", "a hyperparameter with explicit `values`", Found("a range"))
            if not set(among) <= set(values):
                raise InputError(f"{at}.{parent}", f"some of its values {list(values)}", list(among))


def _space_identity(space: Space, search: Search) -> dict[str, Any]:
    """What a range decides about a search, and no more: its grid points mean nothing to a sampler."""
    identity = {}
    for name, span in space.items():
        fields = {"low": span.low, "high": span.high, "scale": span.scale, "points": span.points, "values": span.values}
        if search.draws:
            del fields["points"]
        identity[name] = fields | ({"when": span.when} if span.when else {})
    return identity
