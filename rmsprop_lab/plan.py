"""What there is to compute: a study, its cells, their runs, and the batches they are computed in."""

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.contracts import rule_at_fault
from rmsprop_lab.descent import Engine, check_engine
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.identity import NUMERICS_VERSION, given_fields, identity_of, sha256
from rmsprop_lab.measures import SCORES
from rmsprop_lab.problem import Problem, check_problem
from rmsprop_lab.space import Space, grid_size
from rmsprop_lab.starts import Starts

# Traces of at most this many bytes are computed, measured and written as one batch.
_BATCH_BYTES = 64 * 2**20

SEARCHES = ("none", "grid", "random")
MAX_RUNS = 20_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RESERVED = {"artifacts", "mlflow.db", "multirun", "Default"}  # MLflow keeps that one's artifacts elsewhere


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


@dataclass(frozen=True, eq=False)
class Search:
    """How hyperparameters are chosen, and by which `score` they are judged.

    - `none`: as configured; `grid`: every combination of grid points; `random`: `trials` points drawn with `seed`;
    - `over`: only these hyperparameters vary, the others keep their values; None: all that a space names;
    - `points`: grid points of every range, in place of its own number.
    """

    method: str = "none"
    score: str = "best_gap"
    over: tuple[str, ...] | None = None
    points: int | None = None
    trials: int = 32
    seed: int = 0

    def __post_init__(self) -> None:
        for name, choices in (("method", SEARCHES), ("score", tuple(SCORES))):
            if getattr(self, name) not in choices:
                raise InputError(name, f"one of {', '.join(choices)}", getattr(self, name))
        for name, least in (("trials", 1), ("seed", 0), ("points", 1)):
            value = getattr(self, name)
            if (name != "points" or value is not None) and (not isinstance(value, int) or value < least):
                raise InputError(name, f"an integer >= {least}", value)
        if self.over is not None and (not isinstance(self.over, tuple) or not self.over):
            raise InputError("over", "a list of hyperparameters, or null for all", self.over)

    def narrowed(self, space: Space) -> Space:
        """The part of a space that this search varies."""
        chosen = {name: span for name, span in space.items() if self.over is None or name in self.over}
        if self.points is None:
            return chosen
        return {name: span.with_points(self.points) for name, span in chosen.items()}

    @property
    def identity(self) -> dict[str, Any]:
        """What decides its choices; the number of trials does not, as more extend fewer."""
        identity: dict[str, Any] = {"method": self.method, "score": self.score}
        return {**identity, "seed": self.seed} if self.method == "random" else identity

    @property
    def regime(self) -> str:
        return "default" if self.method == "none" else self.method


@dataclass(frozen=True, eq=False)
class Cell:
    """One search inside a study: one optimizer with one space on one problem."""

    problem: Problem
    optimizer_name: str
    optimizer: Optimizer
    space: Space
    search: Search
    engine: Engine = "auto"

    @cached_property
    def key(self) -> str:
        space = {name: dataclasses.asdict(span) for name, span in self.space.items()}
        identity = {
            **self.problem.identity,
            "labels": [self.problem.name, self.optimizer_name],
            "optimizer": identity_of(self.optimizer),
            "space": space if self.search.method != "none" else None,
            "search": self.search.identity,
            "numerics": NUMERICS_VERSION,
        }
        return sha256(identity)

    def __len__(self) -> int:
        sizes = {"none": 1, "grid": grid_size(self.space), "random": self.search.trials}
        return sizes[self.search.method]

    def run(self, hyperparameters: Mapping[str, float]) -> Run:
        """The run at one point of the space."""
        optimizer = dataclasses.replace(self.optimizer, **hyperparameters)
        return Run(self.problem, self.optimizer_name, optimizer, self.engine)


@dataclass(frozen=True, eq=False)
class Study:
    """Objectives x optimizers x one search, under one name: what one command runs.

    `objectives` and `optimizers` map the names they are listed under to instances; `spaces` maps the name
    of an optimizer to the ranges of the hyperparameters that are searched. Raises `InputError` for a name
    that cannot name a folder, empty mappings, a space that names a field its optimizer has not or leaves
    the values it may take, a grid without a range, and more than `max_runs` runs.
    """

    name: str
    objectives: Mapping[str, Objective]
    optimizers: Mapping[str, Optimizer]
    starts: Starts
    n_iter: int
    search: Search = field(default_factory=Search)
    spaces: Mapping[str, Space] = field(default_factory=dict)
    max_runs: int = MAX_RUNS
    shards: int = 1
    shard: int = 0
    engine: Engine = "auto"

    def __post_init__(self) -> None:
        check_name(self.name)
        _check_shard(self.shard, self.shards)
        check_engine(self.engine)
        if isinstance(self.n_iter, bool) or not isinstance(self.n_iter, int) or self.n_iter < 1:
            raise InputError("n_iter", "an integer >= 1", self.n_iter)
        for group in ("objective", "optimizer"):
            if not getattr(self, f"{group}s"):
                raise InputError(group, "one or more", [], f"Choose some, as in {group}=[a,b].")
        for cell in self.cells:
            _check_space(cell)
        for name, optimizer in self.optimizers.items():
            if fault := rule_at_fault(optimizer):
                expected = "a step and a state of the gradient's shape, as (step, state)"
                raise InputError(f"optimizer.{name}.update", expected, Found(fault))
        for problem in {id(cell.problem): cell.problem for cell in self.cells}.values():
            check_problem(problem)
        if len(self) > self.max_runs:
            raise InputError(
                "limits.runs",
                f"a study of at most {self.max_runs:,} runs",
                Found(f"a plan of {len(self):,}"),
                "Lower a range's `points`, choose fewer objectives or optimizers, or raise limits.runs.",
            )

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """One cell per objective and optimizer, objectives outermost."""
        return tuple(
            Cell(problem, name, optimizer, self.search.narrowed(self.spaces.get(name, {})), self.search, self.engine)
            for problem in (Problem(*item, self.starts, self.n_iter) for item in self.objectives.items())
            for name, optimizer in self.optimizers.items()
        )

    def __len__(self) -> int:
        """How many trials the plan has, all shards together, counted without expanding a grid."""
        return sum(len(cell) for cell in self.cells)

    def is_mine(self, run: Run) -> bool:
        """Whether a run belongs to this shard: its key's hash names the shard."""
        return int(run.run_key[:16], 16) % self.shards == self.shard


def check_name(name: object) -> None:
    """Raises `InputError` for a study name that cannot name a folder and an MLflow experiment."""
    expected = "up to 100 letters, digits, '.', '_' and '-', starting with a letter or digit"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InputError("name", expected, name, "Set name=my_study, for example.")
    if name in _RESERVED:
        raise InputError("name", "a name that neither the output folder nor MLflow uses itself", name)


def _check_shard(shard: object, shards: object) -> None:
    if not isinstance(shards, int) or isinstance(shards, bool) or shards < 1:
        raise InputError("shards", "an integer >= 1", shards)
    if not isinstance(shard, int) or isinstance(shard, bool) or not 0 <= shard < shards:
        raise InputError("shard", f"an integer from 0 to {shards - 1}, as shards is {shards}", shard)


def batches(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Splits the runs of one cell so that the traces of each batch stay within a fixed memory."""
    if not runs:
        return
    problem = runs[0].problem
    dim, count = problem.points.shape
    size = max(1, _BATCH_BYTES // (8 * (problem.n_iter + 1) * count * (dim + 2)))
    for low in range(0, len(runs), size):
        yield list(runs[low : low + size])


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


def _check_space(cell: Cell) -> None:
    if cell.search.method == "none":
        return
    key = f"optimizer.{cell.optimizer_name}.space"
    if not cell.space:
        raise InputError(key, "the range of at least one hyperparameter", dict(cell.space))
    for name, span in cell.space.items():
        if name not in given_fields(cell.optimizer):
            known = ", ".join(given_fields(cell.optimizer))
            raise InputError(key, f"hyperparameters of {type(cell.optimizer).__name__} ({known})", name)
        ends = (span.low, span.high) if span.values is None else span.values
        for end in ends:
            try:
                cell.run({name: end})
            except InputError as error:
                raise error.under(key) from None
