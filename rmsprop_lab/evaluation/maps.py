"""Computes dense maps of where descents end over two hyperparameters, and runs their best point from fresh starts.

A map has up to millions of descents. Only the last point of each is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from rmsprop_lab.base import Array, Optimizer, given_fields
from rmsprop_lab.evaluation.best_point import BestPoint, best_point
from rmsprop_lab.evaluation.endings import BLOCK, Measure, endings, measure_floor, measure_of, measured
from rmsprop_lab.evaluation.quantiles import over_starts
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.keys import sha256
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.space import Space

MAX_RESOLUTION = 2048
_VERSION = 2  # of what a map's file holds


@dataclass(frozen=True, eq=False)
class HyperparameterMap:
    """Where descents end over the first two hyperparameters of a space.

    Args:
        cell: Problem, optimizer and space.
        x: Values of the first hyperparameter, `(nx,)`.
        y: Values of the second, `(ny,)`.
        scores: The measure of the median final value over starts, `(ny, nx)`; +inf where the median start diverged.
        fresh: The measure of each fresh start at the best point, `(count,)`; empty if all of the map diverged.
    """

    cell: Cell
    x: Array
    y: Array
    scores: Array
    fresh: Array

    @property
    def names(self) -> tuple[str, str]:
        """The two hyperparameters; the first varies along x."""
        across, up = list(self.cell.space)[:2]
        return across, up

    @property
    def measure(self) -> Measure:
        """What the scores are: `log10_gap`, or `value` where no minimum is known."""
        return measure_of(self.cell.problem.objective)

    @property
    def floor(self) -> float:
        """The lowest score that rounding lets us tell; -inf for values."""
        return measure_floor(self.cell.problem.objective)

    @cached_property
    def at(self) -> BestPoint | None:
        """Where the best point is; None if all of the map diverged."""
        return best_point(self.scores) if np.isfinite(self.scores).any() else None

    @property
    def best(self) -> dict[str, Any]:
        """All hyperparameters of the best point; those of the optimizer as configured if all of the map diverged."""
        given = given_fields(self.cell.optimizer)
        if self.at is None:
            return given
        across, up = self.names
        return {**given, across: self.x[self.at.column].item(), up: self.y[self.at.row].item()}

    @property
    def lowest(self) -> float:
        """The score of the best point."""
        return float(self.scores.min())

    @property
    def confirmed(self) -> float:
        """The median of the best point over fresh starts; +inf if the median start diverged, NaN without any."""
        return float(over_starts(self.fresh, 1, 0.5)[0]) if len(self.fresh) else float("nan")

    @property
    def lost(self) -> float:
        """Share of the map that diverged."""
        return float(np.isinf(self.scores).mean())

    @property
    def good(self) -> float:
        """Share of the map within a decade of the best gap; NaN where no minimum is known."""
        return float((self.scores <= self.lowest + 1.0).mean()) if self.measure == "log10_gap" else float("nan")

    @property
    def arrays(self) -> dict[str, Array]:
        """What is kept of it, by name."""
        return {"x": self.x, "y": self.y, self.measure: self.scores, f"{self.measure}_fresh": self.fresh}

    @classmethod
    def of_arrays(cls, cell: Cell, arrays: Mapping[str, Array]) -> "HyperparameterMap":
        """The map whose `arrays` were kept."""
        measure = measure_of(cell.problem.objective)
        return cls(cell, arrays["x"], arrays["y"], arrays[measure], arrays[f"{measure}_fresh"])


def hyperparameter_map(cell: Cell, resolution: int, fresh: Problem) -> HyperparameterMap:
    """Computes a map over the first two hyperparameters of a cell's space, and its best point from fresh starts.

    The best of many points was chosen by its starts: what it reaches from others is the number to believe.

    Args:
        cell: Problem, optimizer and space; hyperparameters beyond the first two keep their configured values.
        resolution: Number of points along each axis; explicit values stay as they are.
        fresh: The cell's problem with the fresh starts.
    """
    x, y = (np.array(span.with_points(resolution).grid()) for span in list(cell.space.values())[:2])
    found = HyperparameterMap(cell, x, y, _scores(cell, x, y), np.empty(0))
    if found.at is None:
        return found
    rule = type(cell.optimizer)(**found.best)
    ends = endings(fresh, rule, fresh.points, fresh.streams, cell.engine)
    return replace(found, fresh=measured(ends.values, fresh.objective))


def has_map(space: Space) -> bool:
    """Whether a space has the two hyperparameters that a map needs."""
    return len(space) >= 2


def map_key(cell: Cell, resolution: int, fresh: Problem) -> str:
    """SHA-256 of everything that decides a map and the confirmation of its best point."""
    identity = {"cell": cell.key, "resolution": resolution, "fresh": fresh.identity}
    return sha256({"kind": "map", "version": _VERSION, **identity})


def _scores(cell: Cell, x: Array, y: Array) -> Array:
    """The measure of the median start at each point, `(ny, nx)`."""
    across, up = list(cell.space)[:2]
    starts, streams = cell.problem.points, cell.problem.streams
    rows = max(1, BLOCK // (len(x) * len(streams)))
    values = np.empty((len(y), len(x)))
    for low in range(0, len(y), rows):
        part = y[low : low + rows]
        count = len(part) * len(x)
        columns = {across: np.tile(x, len(part)), up: np.repeat(part, len(x))}
        rule = _with(cell.optimizer, {name: np.repeat(column, len(streams)) for name, column in columns.items()})
        ends = endings(cell.problem, rule, np.tile(starts, count), np.tile(streams, count), cell.engine)
        values[low : low + rows] = over_starts(ends.values, count, 0.5).reshape(len(part), len(x))
    return measured(values, cell.problem.objective)


def _with(optimizer: Optimizer, columns: dict[str, Array]) -> Optimizer:
    return type(optimizer)(**{**given_fields(optimizer), **columns})
