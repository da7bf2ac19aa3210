"""The settings of a search: how the hyperparameters of a study are chosen."""

import dataclasses
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from rmsprop_lab.base import Optimizer, given_fields, intervals
from rmsprop_lab.base.checks import MOST_INT32, flag, integer
from rmsprop_lab.errors import Found, InputError, nearest
from rmsprop_lab.plan.scores import MEASURES_VERSION, SCORES
from rmsprop_lab.plan.space import Space

SEARCHES = ("none", "grid", "random", "qmc", "tpe", "cmaes")
LEARNING = ("tpe", "cmaes")
MOST_REPEATS = 1000  # each is a cell in memory
DRAWING = ("random", "qmc", *LEARNING)


@dataclass(frozen=True, eq=False)
class Search:
    """How hyperparameters are chosen, and the score that they are judged by.

    Args:
        method: `none` runs the optimizer as configured; `grid` every combination of grid points; `random`, `qmc` (a
            scrambled Sobol sequence), `tpe` and `cmaes` (Optuna's samplers) draw `trials` points.
        score: What is minimised, one of `rmsprop_lab.plan.scores.SCORES`; None for the default of each objective:
            `mean_log10_gap`, or `mean_value` if it has no known minimum.
        over: Names of the hyperparameters to vary, the others keep their configured values; None for all of the space.
        points: Number of grid points of every range; None for the `points` of each range.
        trials: Number of points that are drawn for each optimizer on each objective.
        seed: Seed of the drawn points.
        batch: Number of trials that `tpe` and `cmaes` choose at a time; they are computed as one array. `cmaes` learns
            from whole generations, six trials for two hyperparameters: batches of 6 or 3 waste none.
        repeats: Number of independent searches. Repeat r has the seed `seed + r`, and its starts, also those of the
            evaluation, are drawn anew with their seeds + r; fixed starts and the tutorial's stay.
        widen: Whether to search again in a wider space if the winner lies at an edge of the space.

    Raises:
        InputError: A value of the wrong type or out of range, or `cmaes` without its package. The error's key is the
            argument's name.

    >>> search = Search("tpe", trials=24)
    >>> search.draws, search.learns, search.regime
    (True, True, 'tuned')
    """

    method: str = "none"
    score: str | None = None
    over: tuple[str, ...] | None = None
    points: int | None = None
    trials: int = 32
    seed: int = 0
    batch: int = 4
    repeats: int = 1
    widen: bool = False

    def __post_init__(self) -> None:
        for name, choices in (("method", SEARCHES), ("score", tuple(SCORES))):
            value = getattr(self, name)
            if name == "score" and value is None:
                continue
            if not isinstance(value, str) or value not in choices:
                hint = nearest(value, choices) if isinstance(value, str) else ""
                raise InputError(name, f"one of {', '.join(choices)}", value, hint)
        object.__setattr__(self, "seed", integer(self.seed, "seed", 0))
        for name in ("trials", "points", "batch", "repeats"):
            if name != "points" or self.points is not None:
                most = MOST_REPEATS if name == "repeats" else MOST_INT32
                object.__setattr__(self, name, integer(getattr(self, name), name, 1, most))
        object.__setattr__(self, "over", self._checked_over())
        flag(self.widen, "widen")
        if self.method == "cmaes" and find_spec("cmaes") is None:
            raise InputError(
                "method",
                "a sampler whose package is installed",
                Found("cmaes, whose package cmaes is not installed"),
                "Install it with pip install 'rmsprop-lab[cmaes]', or choose tpe.",
            )

    def _checked_over(self) -> tuple[str, ...] | None:
        if self.over is None:
            return None
        names = self.over if isinstance(self.over, list | tuple) else ()
        if not names or not all(isinstance(name, str) for name in names):
            change = f"Put it in brackets: [{self.over}]." if isinstance(self.over, str) and self.over else ""
            raise InputError("over", "a list of names of hyperparameters, or null for all", self.over, change)
        return tuple(names)

    @property
    def draws(self) -> bool:
        """Whether the method draws `trials` points with a seed."""
        return self.method in DRAWING

    @property
    def learns(self) -> bool:
        """Whether the method is adaptive: its next points depend on the scores of earlier trials."""
        return self.method in LEARNING

    def narrowed(self, space: Space, optimizer: Optimizer) -> Space:
        """The ranges that this search varies.

        Args:
            space: All ranges of the optimizer.
            optimizer: The optimizer as configured. It decides which conditions hold if their hyperparameter does not
                vary, and which hyperparameters are integers.

        Returns:
            The ranges of `over`, with this search's number of grid points. A conditional range whose condition cannot
            hold is left out.
        """
        marks, given = intervals(type(optimizer)), given_fields(optimizer)
        chosen = {}
        for name, span in space.items():
            if self.over is not None and name not in self.over:
                continue
            fixed = {
                parent: among
                for parent, among in (span.when or {}).items()
                if parent in given and self._is_fixed(parent, space)
            }
            if any(given[parent] not in among for parent, among in fixed.items()):
                continue  # its condition does not hold, and cannot come to hold
            when = {parent: among for parent, among in (span.when or {}).items() if parent not in fixed}
            points = span.points if self.points is None or span.values is not None else self.points
            whole = name in marks and marks[name].kind == "whole"
            chosen[name] = dataclasses.replace(span, points=points, when=when or None, whole=whole)
        return chosen

    def _is_fixed(self, name: str, space: Space) -> bool:
        return name not in space or (self.over is not None and name not in self.over)

    def identity(self, repeat: int, score: str) -> dict[str, Any]:
        """The settings that decide the trials and their scores. Their number does not: more trials extend fewer."""
        identity: dict[str, Any] = {"method": self.method, "score": [score, MEASURES_VERSION]}
        if self.draws:
            identity["seed"] = self.seed
        if self.learns:
            identity["batch"] = self.batch
        return {**identity, "repeat": repeat} if repeat else identity

    @property
    def regime(self) -> str:
        """Origin of the hyperparameters: `default`, `grid` or `tuned`."""
        return {"none": "default", "grid": "grid"}.get(self.method, "tuned")
