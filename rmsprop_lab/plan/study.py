"""What there is to compute: a study, and the cells it is made of."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.base.checks import integer
from rmsprop_lab.base.contracts import objective_fault, optimizer_fault
from rmsprop_lab.descent import Engine, check_engine
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range, Space
from rmsprop_lab.plan.starts import Starts, as_starts

MAX_RUNS = 20_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RESERVED = {"artifacts", "mlflow.db", "multirun", "Default"}  # MLflow keeps that one's artifacts elsewhere


@dataclass(frozen=True, eq=False)
class Study:
    """Objectives x optimizers x one search, under one name: what one command runs.

    Construction checks what it is given and runs none of the objectives' and optimizers' code; `check_code` does.

    Args:
        name: Names the study's folder and its MLflow experiment.
        objectives: The functions to minimise, by the name they are listed under.
        optimizers: The update rules to compare, by name.
        starts: Where descents begin; in place of `Starts` also an array or nested list, one row of coordinates per
            start, `(count, d)`.
        n_iter: Iterations of every run.
        search: How hyperparameters are chosen; by default they are as configured.
        spaces: By the name of an optimizer, the ranges of the hyperparameters that are searched.
        evaluation: Other starts, from which the winner of every search and the optimizer as configured are run again;
            the optimizer as configured is then run from `starts` as well. None for no such evaluation.
        max_runs: The largest plan that is accepted.
        shards: The number of parts that the work is split into.
        shard: The part that is computed, from 0.
        engine: `auto`, `numpy` or `numba`.

    Raises:
        InputError: A value of the wrong type, a name that cannot name a folder, empty mappings, a space that names a
            field its optimizer has not or leaves the values it may take, a search without a range, more than `max_runs`
            runs. The error's key is the argument's name, as in `spaces.rmsprop.rho`.
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
        self._check_types()
        self._check_spaces()
        if self.search.widen and self.shards > 1 and not self.search.learns:
            change = "Leave it false, or choose tpe."
            expected = f"false with shards, as the search {self.search.method} is split"
            raise InputError("search.widen", expected, True, change)
        for cell in self.cells:
            cell.check()
        for problem in self._problems:
            problem.check()
        if len(self) > self.max_runs:
            raise InputError(
                "max_runs",
                f"a study of at most {self.max_runs:,} runs",
                Found(f"a plan of {len(self):,}"),
                "Lower search.trials or `points`, choose fewer objectives or optimizers, or raise max_runs.",
            )

    def _check_types(self) -> None:
        for name, least in (("n_iter", 1), ("max_runs", 1), ("shards", 1)):
            object.__setattr__(self, name, integer(getattr(self, name), name, least))
        if isinstance(self.shard, bool) or not isinstance(self.shard, int) or not 0 <= self.shard < self.shards:
            expected = f"an integer from 0 to {self.shards - 1}, as shards is {self.shards}"
            raise InputError("shard", expected, self.shard)
        check_engine(self.engine)
        _check_parts(self.objectives, "objectives", Objective)
        _check_parts(self.optimizers, "optimizers", Optimizer)
        object.__setattr__(self, "starts", as_starts(self.starts, "starts"))
        if self.evaluation is not None:
            object.__setattr__(self, "evaluation", as_starts(self.evaluation, "evaluation"))
        if not isinstance(self.search, Search):
            raise InputError("search", "a Search", self.search)

    def _check_spaces(self) -> None:
        if not isinstance(self.spaces, Mapping):
            raise InputError("spaces", "by the name of an optimizer, its space", self.spaces)
        for name, space in self.spaces.items():
            if not isinstance(space, Mapping):
                raise InputError(f"spaces.{name}", "by the name of a hyperparameter, its Range", space)
            for hyperparameter, span in space.items():
                if not isinstance(span, Range):
                    raise InputError(f"spaces.{name}.{hyperparameter}", "a Range", span)

    def check_code(self) -> None:
        """Tries the objectives at their starts and the optimizers once, before anything is computed or created.

        What their code raises is no fault here: the runs record it.

        Raises:
            InputError: An answer of the wrong shape or kind, or a value or gradient that is not finite at a start.
        """
        for name, optimizer in self.optimizers.items():
            if fault := optimizer_fault(optimizer):
                raise InputError(f"optimizers.{name}.{fault.method}", fault.expected, Found(fault.found))
        for problem in self._problems:
            if fault := objective_fault(problem.objective, problem.points):
                raise InputError(f"objectives.{problem.name}.{fault.method}", fault.expected, Found(fault.found))

    @cached_property
    def _problems(self) -> tuple[Problem, ...]:
        return tuple(Problem(*item, self.starts, self.n_iter) for item in self.objectives.items())

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """One cell per objective, optimizer and repeat, objectives outermost."""
        return tuple(
            Cell(problem, name, optimizer, space, self.search, self.engine, repeat)
            for problem in self._problems
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
        problem = self._fresh_problems[cell.problem]
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

    @cached_property
    def _fresh_problems(self) -> dict[Problem, Problem]:
        """By each problem, the same objective from the starts of the evaluation."""
        assert self.evaluation is not None
        return {
            problem: Problem(problem.name, problem.objective, self.evaluation, self.n_iter)
            for problem in self._problems
        }


def check_name(name: object) -> None:
    """Raises `InputError` for a study name that cannot name a folder and an MLflow experiment."""
    expected = "up to 100 letters, digits, '.', '_' and '-', starting with a letter or digit"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InputError("name", expected, name, "Take my_study, for example.")
    if name in _RESERVED:
        raise InputError("name", "a name that neither the output folder nor MLflow uses itself", name)


def _check_parts(parts: object, key: str, kind: type) -> None:
    what = f"one {kind.__name__} or more, by name"
    if not isinstance(parts, Mapping) or not parts:
        raise InputError(key, what, parts)
    for name, part in parts.items():
        if not isinstance(name, str):
            raise InputError(key, what, name)
        if not isinstance(part, kind):
            raise InputError(f"{key}.{name}", f"an {kind.__name__}", part)
