"""What there is to compute: a study, and the cells it is made of."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.base.contracts import rule_at_fault
from rmsprop_lab.descent import Engine, check_engine
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.cell import Cell, Search
from rmsprop_lab.plan.problem import Problem, check_problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.space import Space
from rmsprop_lab.plan.starts import Starts

MAX_RUNS = 20_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RESERVED = {"artifacts", "mlflow.db", "multirun", "Default"}  # MLflow keeps that one's artifacts elsewhere


@dataclass(frozen=True, eq=False)
class Study:
    """Objectives x optimizers x one search, under one name: what one command runs.

    `objectives` and `optimizers` map the names they are listed under to instances; `spaces` maps the name
    of an optimizer to the ranges of the hyperparameters that are searched. With `evaluation`, the winner of every
    search and the optimizer as configured are run again from those starts, which must be fresh ones; then the
    optimizer as configured is run from the search's own starts as well. Raises `InputError` for a name
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
    evaluation: Starts | None = None
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
        if self.search.widen and self.shards > 1 and not self.search.learns:
            change = "Set search.widen=false, or search=tpe."
            raise InputError(
                "search.widen", f"false with shards, as search={self.search.method} is split", True, change
            )
        for cell in self.cells:
            cell.check()
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
                "Lower search.trials or `points`, choose fewer objectives or optimizers, or raise limits.runs.",
            )

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """One cell per objective, optimizer and repeat, objectives outermost."""
        return tuple(
            Cell(problem, name, optimizer, space, self.search, self.engine, repeat)
            for problem in (Problem(*item, self.starts, self.n_iter) for item in self.objectives.items())
            for name, optimizer in self.optimizers.items()
            for space in (self.search.narrowed(self.spaces.get(name, {}), optimizer),)
            for repeat in range(self.search.repeats)
        )

    @property
    def evaluates(self) -> bool:
        """Whether winners are run again on fresh starts."""
        return self.evaluation is not None and self.search.method != "none"

    def reference(self, cell: Cell) -> Cell:
        """The optimizer of a cell as configured, from the same starts."""
        return Cell(cell.problem, cell.optimizer_name, cell.optimizer, {}, self._judging, self.engine)

    def evaluations(self, cell: Cell, winner: Run) -> Iterator[Cell]:
        """A cell's winner, and its optimizer as configured, each on the fresh starts."""
        assert self.evaluation is not None
        problem = self._fresh(cell.problem)
        for optimizer, regime in ((winner.optimizer, cell.regime), (cell.optimizer, "default")):
            yield Cell(
                problem, cell.optimizer_name, optimizer, {}, self._judging, self.engine, cell.repeat, "evaluate", regime
            )

    def __len__(self) -> int:
        """How many trials the plan has, all shards together, counted without expanding a grid."""
        extra = 2 * len(self.cells) + len(self.objectives) * len(self.optimizers) if self.evaluates else 0
        return sum(len(cell) for cell in self.cells) + extra

    def is_mine(self, part: Run | Cell) -> bool:
        """Whether a run, or a search that learns from its runs, belongs to this shard: the key's hash names it."""
        key = part.run_key if isinstance(part, Run) else part.key
        return int(key[:16], 16) % self.shards == self.shard

    @cached_property
    def _judging(self) -> Search:
        return Search("none", score=self.search.score)

    def _fresh(self, problem: Problem) -> Problem:
        if id(problem) not in self._fresh_problems:
            assert self.evaluation is not None
            fresh = Problem(problem.name, problem.objective, self.evaluation, self.n_iter)
            self._fresh_problems[id(problem)] = fresh
        return self._fresh_problems[id(problem)]

    @cached_property
    def _fresh_problems(self) -> dict[int, Problem]:
        return {}


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
