"""A study: what one command computes, and the cells that it consists of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rmsprop_lab.base import Objective, Optimizer, given_fields
from rmsprop_lab.base.checks import MOST_INT64, integer, positive
from rmsprop_lab.base.contracts import objective_fault, optimizer_fault
from rmsprop_lab.base.names import check_hyperparameters
from rmsprop_lab.descent import Engine, check_engine
from rmsprop_lab.errors import Found, InputError, did_you_mean
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.doubts import warn_of_doubts
from rmsprop_lab.plan.keys import ask_again
from rmsprop_lab.plan.pictures import check_pictures
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.repeatability import check_objective_repeats, check_optimizer_repeats
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.scores import DELTA, check_score, default_score
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range, Space, check_names
from rmsprop_lab.plan.starts import Starts, as_starts
from rmsprop_lab.plan.study_parts import check_parts, check_single, check_study_name
from rmsprop_lab.plan.unseen import check_unseen

MAX_RUNS = 20_000


@dataclass(frozen=True, eq=False)
class Study:
    """Objectives x optimizers x one search, under one name: what one command runs.

    Construction checks the arguments, but calls no code of the objectives and optimizers; `check_code` does.

    Args:
        name: Name of the study's folder and of its MLflow experiment.
        objectives: The functions to minimise, by name.
        optimizers: The update rules to compare, by name.
        starts: Where descents begin: `Starts`, or points as an array or nested list, `(count, d)`, one row per start.
        n_iter: Number of iterations of every run.
        search: How hyperparameters are chosen; by default they stay as configured.
        spaces: The ranges of the hyperparameters to search, by the name of their optimizer.
        evaluation: Fresh starts on which each winner and each optimizer as configured are run for the ranking. The
            optimizer as configured then also runs from `starts`, for comparison. None for no evaluation.
        target: The gap, or the value if no minimum is known, whose first iteration is reported, and below which a
            start succeeds; None for a thousandth of its first gap.
        delta: The smallest difference of scores that matters to the verdict, in decades.
        max_runs: Largest number of runs that the study may have.
        shards: Number of parts that the work is split into, for several machines.
        shard: The part to compute, from 0.
        engine: `auto`, `numpy` or `numba`.

    Raises:
        InputError: A value of the wrong type, a name that cannot be a folder's, an empty mapping, a range of a field
            that the optimizer does not have or of values that it rejects, a search without a range, evaluation starts
            that are among those of the search, or more than `max_runs` runs. The error's key is the argument's name,
            as in `spaces.rmsprop.rho`.

    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import RMSProp
    >>> study = Study(
    ...     name="example",
    ...     objectives={"bowl": Bowl()},
    ...     optimizers={"rmsprop": RMSProp(step_size=0.01, rho=0.99)},
    ...     starts=Starts(count=10),
    ...     n_iter=100,
    ...     search=Search("grid"),
    ...     spaces={"rmsprop": {"step_size": Range(1e-3, 1e-1, "log", points=5)}},
    ... )
    >>> len(study)
    5
    """

    name: str
    objectives: Mapping[str, Objective]
    optimizers: Mapping[str, Optimizer]
    starts: Starts
    n_iter: int
    search: Search = field(default_factory=Search)
    spaces: Mapping[str, Space] = field(default_factory=dict)
    evaluation: Starts | None = None
    target: float | None = None
    delta: float = DELTA
    max_runs: int = MAX_RUNS
    shards: int = 1
    shard: int = 0
    engine: Engine = "auto"

    def __post_init__(self) -> None:
        check_study_name(self.name)
        self._check_types()
        self._check_spaces()
        self._check_size(len(self.objectives) * len(self.optimizers) * self.search.repeats, "at least ")
        for cell in self.cells:
            cell.check()
        for problems in self._problems:
            problems[0].check()
        searched = {problems[0].name: problems for problems in self._problems}
        for cell in self.cells if self.evaluates else ():
            check_unseen(searched[cell.problem.name], self._fresh_problem(cell))
        self._check_size(self.size)
        if self.shards > self.pieces:
            what = "adaptive searches" if self.cells[0].search.learns else "runs"
            raise InputError("shards", f"at most {self.pieces}, the number of {what}", self.shards)

    def _check_size(self, size: int, about: str = "") -> None:
        if size > self.max_runs:
            raise InputError(
                "max_runs",
                f"a study of at most {self.max_runs:,} runs",
                Found(f"{about}{size:,} runs"),
                "Lower search.trials or the ranges' points, choose fewer objectives or optimizers, or raise max_runs.",
            )

    def _check_types(self) -> None:
        for name in ("n_iter", "max_runs", "shards"):
            object.__setattr__(self, name, integer(getattr(self, name), name, 1))
        try:
            object.__setattr__(self, "shard", integer(self.shard, "shard", 0, self.shards - 1))
        except InputError as error:
            raise InputError("shard", f"{error.expected}, as shards is {self.shards}", self.shard) from None
        check_engine(self.engine)
        if self.target is not None:
            object.__setattr__(self, "target", positive(self.target, "target", "a number > 0, or null"))
        object.__setattr__(self, "delta", positive(self.delta, "delta"))
        check_parts(self.objectives, "objectives", Objective)
        check_parts(self.optimizers, "optimizers", Optimizer)
        object.__setattr__(self, "starts", as_starts(self.starts, "starts"))
        if self.evaluation is not None:
            object.__setattr__(self, "evaluation", as_starts(self.evaluation, "evaluation"))
        for name, optimizer in self.optimizers.items():
            check_hyperparameters(given_fields(optimizer), f"optimizers.{name}")
            check_single(name, optimizer)
        check_pictures(self.objectives, self.optimizers)
        if not isinstance(self.search, Search):
            raise InputError("search", "a Search, such as Search('tpe')", self.search)
        if self.search.score is not None:
            check_score(self.search.score, self.objectives)
        if self.search.repeats > 1 and not (self.search.draws or self.redrawn):
            change = "Choose starts=uniform, or a search that draws points."
            found = Found(f"{self.search.repeats}, with starts that stay")
            raise InputError("search.repeats", "1, as every repeat would be the same", found, change)
        for key in self.redrawn:  # with seed + repeat
            integer(getattr(self, key).seed, f"{key}.seed", 0, MOST_INT64 - (self.search.repeats - 1))

    def _check_spaces(self) -> None:
        if not isinstance(self.spaces, Mapping):
            raise InputError("spaces", "a mapping from names of optimizers to their spaces", self.spaces)
        for name, space in self.spaces.items():
            if name not in self.optimizers:
                hint = did_you_mean(str(name), self.optimizers)
                raise InputError("spaces", "names of the study's optimizers", name, hint)
            if not isinstance(space, Mapping):
                raise InputError(f"spaces.{name}", "a mapping from names of hyperparameters to Ranges", space)
            check_names(space, self.optimizers[name], f"spaces.{name}")
            for hyperparameter, span in space.items():
                if not isinstance(span, Range):
                    expected = "a Range, such as Range(0.01, 1.0, 'log')"
                    raise InputError(f"spaces.{name}.{hyperparameter}", expected, span)
                for parent in span.when or {}:
                    if parent not in given_fields(self.optimizers[name]):
                        expected = f"a hyperparameter that precedes {hyperparameter} in the space"
                        hint = did_you_mean(parent, given_fields(self.optimizers[name]))
                        raise InputError(f"spaces.{name}.{hyperparameter}.when", expected, parent, hint)
        self._check_over()

    def _check_over(self) -> None:
        """Checks that each name in `search.over` has a range in the space of one optimizer or more."""
        known = {name for space in self.spaces.values() for name in space}
        for name in self.search.over or ():
            if known and name not in known:
                raise InputError("search.over", "hyperparameters with a range", name, did_you_mean(name, known))

    def check_code(self) -> None:
        """Calls each objective at its starts and each optimizer, before anything is computed or created.

        Errors in their code are passed over here: the runs record them.

        Raises:
            InputError: A result of the wrong shape or type, a value or gradient at a start that is not finite, or an
                objective or optimizer from outside rmsprop_lab that gives two answers to one question.
        """
        ask_again()
        for name, optimizer in self.optimizers.items():
            if fault := optimizer_fault(optimizer):
                raise InputError(f"optimizers.{name}.{fault.method}", fault.expected, Found(fault.found))
            check_optimizer_repeats(optimizer, f"optimizers.{name}")
        for problem, *_ in self._problems:
            if fault := objective_fault(problem.objective, problem.points):
                raise InputError(f"objectives.{problem.name}.{fault.method}", fault.expected, Found(fault.found))
            check_objective_repeats(problem.objective, problem.points, f"objectives.{problem.name}")
        warn_of_doubts((problem for problem, *_ in self._problems), self.optimizers)

    @cached_property
    def _problems(self) -> tuple[tuple[Problem, ...], ...]:
        """The problems of each objective, one for each repeat; the same one if its starts stay."""
        repeats = range(self.search.repeats if self.starts.is_redrawn else 1)
        return tuple(
            tuple(Problem(*item, self.starts.redrawn(repeat), self.n_iter) for repeat in repeats)
            for item in self.objectives.items()
        )

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """One cell per objective, optimizer and repeat; the repeat varies fastest, the objective slowest."""
        return tuple(
            Cell(problems[repeat % len(problems)], name, optimizer, space, self.search, self.engine, repeat)
            for problems in self._problems
            for name, optimizer in self.optimizers.items()
            for space in (self.search.narrowed(self.spaces.get(name, {}), optimizer),)
            for repeat in range(self.search.repeats)
        )

    @property
    def is_part(self) -> bool:
        """Whether it is one shard of several. A part is never ranked: only a whole plan may be judged."""
        return self.shards > 1

    @property
    def evaluates(self) -> bool:
        """Whether winners are evaluated on fresh starts."""
        return self.evaluation is not None and self.search.method != "none"

    def score_on(self, objective: str) -> str:
        """The name of the score on an objective: the one that `search` names, or the objective's default."""
        return self.search.score or default_score(self.objectives[objective])

    @property
    def scores(self) -> list[str]:
        """The different scores of its objectives: two, if no score is named and only some have a known minimum."""
        return list(dict.fromkeys(map(self.score_on, self.objectives)))

    @property
    def is_tutorial(self) -> bool:
        """Whether it is the tutorial: its start, and nothing searched."""
        return self.starts.method == "tutorial" and self.search.method == "none"

    @property
    def redrawn(self) -> list[str]:
        """The keys of the starts that each repeat draws anew: `starts`, `evaluation`."""
        evaluated = self.evaluates and self.evaluation is not None and self.evaluation.is_redrawn
        return ["starts"] * self.starts.is_redrawn + ["evaluation"] * evaluated

    def reference(self, cell: Cell) -> Cell:
        """The cell of the optimizer as configured, on the starts of the given cell's search."""
        return Cell(cell.problem, cell.optimizer_name, cell.optimizer, {}, self._judging, self.engine, cell.repeat)

    def evaluations(self, cell: Cell, winner: Run) -> Iterator[Cell]:
        """Two cells of one run each, on the fresh starts: the winner of a cell, and its optimizer as configured."""
        problem = self._fresh_problem(cell)
        for optimizer, regime in ((winner.optimizer, cell.regime), (cell.optimizer, "default")):
            yield Cell(
                problem, cell.optimizer_name, optimizer, {}, self._judging, self.engine, cell.repeat, "evaluate", regime
            )

    def __len__(self) -> int:
        """Number of trials of all shards together, counted without expanding a grid."""
        return self.size

    @property
    def size(self) -> int:
        """The same for any number: Python allows a length of 2**63 - 1 at most."""
        extra = 3 * len(self.cells) if self.evaluates else 0
        return sum(cell.size for cell in self.cells) + extra

    @property
    def pieces(self) -> int:
        """The number of pieces of work that shards can share: adaptive searches, and trials of other searches."""
        return sum(1 if cell.search.learns else cell.size for cell in self.cells)

    def shard_of(self, piece: Run | Cell) -> int:
        """The shard of a run, or of an adaptive search as a whole: its key decides."""
        key = piece.run_key if isinstance(piece, Run) else piece.key
        return int(key[:16], 16) % self.shards

    def is_mine(self, piece: Run | Cell) -> bool:
        """Whether a run, or an adaptive search as a whole, belongs to this shard."""
        return self.shard_of(piece) == self.shard

    @cached_property
    def _judging(self) -> Search:
        return Search("none", score=self.search.score)

    def _fresh_problem(self, cell: Cell) -> Problem:
        """The problem of a cell with the starts of its repeat's evaluation."""
        assert self.evaluation is not None
        name, repeat = cell.problem.name, cell.repeat
        if (name, repeat) not in self._fresh:
            starts = self.evaluation.redrawn(repeat)
            self._fresh[name, repeat] = Problem(name, cell.problem.objective, starts, self.n_iter)
        return self._fresh[name, repeat]

    @cached_property
    def _fresh(self) -> dict[tuple[str, int], Problem]:
        return {}
