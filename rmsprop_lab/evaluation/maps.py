"""Computes dense maps: the final gap over two hyperparameters, and the minimizer that each start of a mesh reaches.

A map has up to millions of descents. Only the last point of each is kept.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective, Optimizer, given_fields, window_of
from rmsprop_lab.descent import descend
from rmsprop_lab.evaluation.gaps import gap, log10_gap
from rmsprop_lab.evaluation.quantiles import over_starts
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.keys import sha256
from rmsprop_lab.plan.space import Space

MAX_RESOLUTION = 2048
_BLOCK = 2**19  # descents computed at once; they take less than 100 MB
_REACHED = 1e-2  # as a share of the window's diagonal: an end this near to a minimizer has reached it


@dataclass(frozen=True, eq=False)
class HyperparameterMap:
    """The final gap over two hyperparameters.

    Args:
        names: The two hyperparameters; the first varies along x.
        x: Values of the first, `(nx,)`.
        y: Values of the second, `(ny,)`.
        log10_gap: log10 of the median final gap over starts, `(ny, nx)`; +inf where the median start diverged.
        best: All hyperparameters of the best point.
    """

    names: tuple[str, str]
    x: Array
    y: Array
    log10_gap: Array
    best: dict[str, Any]

    @property
    def lost(self) -> float:
        """Share of the map that diverged."""
        return float(np.isinf(self.log10_gap).mean())

    @property
    def good(self) -> float:
        """Share of the map within a decade of the best gap."""
        return float((self.log10_gap <= self.log10_gap.min() + 1.0).mean())


@dataclass(frozen=True, eq=False)
class Basins:
    """The minimizer that each start of a mesh reaches.

    Args:
        x: First coordinates of the starts, `(nx,)`.
        y: Second coordinates, `(ny,)`.
        reached: Column of the minimizer in `Objective.minimizers`, `(ny, nx)`; -1 for none, -2 for divergence.
        log10_gap: log10 of the gap at the end, `(ny, nx)`.
    """

    x: Array
    y: Array
    reached: NDArray[np.int16]
    log10_gap: Array


def hyperparameter_map(cell: Cell, resolution: int) -> HyperparameterMap:
    """Computes the final gap over the first two hyperparameters of a cell's space.

    Args:
        cell: Problem, optimizer and space; hyperparameters beyond the first two keep their configured values.
        resolution: Number of points along each axis; explicit values stay as they are.
    """
    across, up = list(cell.space)[:2]
    x, y = (np.array(cell.space[name].with_points(resolution).grid()) for name in (across, up))
    starts = cell.problem.points
    rows = max(1, _BLOCK // (len(x) * starts.shape[1]))
    values = np.empty((len(y), len(x)))
    for low in range(0, len(y), rows):
        part = y[low : low + rows]
        columns = {across: np.tile(x, len(part)), up: np.repeat(part, len(x))}
        spread = {name: np.repeat(values, starts.shape[1]) for name, values in columns.items()}
        rule = _with(cell.optimizer, spread)
        ends = _ends(cell, rule, np.tile(starts, len(part) * len(x)))
        values[low : low + rows] = over_starts(ends.values, len(part) * len(x), 0.5).reshape(len(part), len(x))
    scores = log10_gap(_above_minimum(values, cell.problem.objective))
    row, column = deepest(scores)
    best = {**given_fields(cell.optimizer), across: float(x[column]), up: float(y[row])}
    return HyperparameterMap((across, up), x, y, scores, best)


def deepest(scores: Array) -> tuple[int, int]:
    """Row and column of the lowest score; among ties, the middle of the largest square of tied scores.

    Many points may reach the floor of log10 gaps. The first of them is often a speck with bad scores all around.

    >>> deepest(np.array([[0.0, 9.0, 9.0], [9.0, 0.0, 0.0], [9.0, 0.0, 0.0]]))
    (1, 1)
    """
    lowest = scores == scores.min()
    sums = np.pad(lowest.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))

    def squares(side: int) -> Array:
        inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
        found: Array = inside == side * side
        return found

    side, too_large = 1, min(scores.shape) + 1
    while too_large - side > 1:
        middle = (side + too_large) // 2
        side, too_large = (middle, too_large) if squares(middle).any() else (side, middle)
    row, column = np.unravel_index(np.argmax(squares(side)), squares(side).shape)
    return int(row) + (side - 1) // 2, int(column) + (side - 1) // 2


def basins(cell: Cell, resolution: int) -> Basins:
    """Computes which minimizer each start of a mesh over the objective's window reaches.

    Args:
        cell: A problem in two dimensions with known minimizers, and an optimizer; the cell's starts are not used.
        resolution: Number of starts along each axis.
    """
    window = window_of(cell.problem.objective)
    x, y = (np.linspace(low, high, resolution) for low, high in window)
    minimizers = np.asarray(cell.problem.objective.minimizers)
    near = _REACHED * float(np.hypot(*(window[:, 1] - window[:, 0])))
    reached = np.empty((resolution, resolution), dtype=np.int16)
    values = np.empty((resolution, resolution))
    rows = max(1, _BLOCK // resolution)
    for low in range(0, resolution, rows):
        part = y[low : low + rows]
        ends = _ends(cell, cell.optimizer, np.stack([np.tile(x, len(part)), np.repeat(part, len(x))]))
        away = np.stack([np.hypot(*(ends.points - minimizer[:, None])) for minimizer in minimizers.T])
        away = np.where(np.isfinite(away), away, np.inf)
        index = np.where(away.min(axis=0) <= near, away.argmin(axis=0), -1)
        index[ends.diverged] = -2
        reached[low : low + rows] = index.reshape(len(part), -1)
        values[low : low + rows] = ends.values.reshape(len(part), -1)
    return Basins(x, y, reached, log10_gap(_above_minimum(values, cell.problem.objective)))


def has_map(space: Space) -> bool:
    """Whether a space has the two hyperparameters that a map needs."""
    return len(space) >= 2


def has_basins(objective: Objective) -> bool:
    """Whether an objective has basins to draw: two dimensions and known minimizers."""
    return objective.dim == 2 and objective.minimizers is not None


def landscape_key(cell: Cell, kind: str, resolution: int) -> str:
    """SHA-256 of everything that decides a map; `kind` is `map` or `basins`."""
    return sha256({"cell": cell.key, "kind": kind, "resolution": resolution})


@dataclass(frozen=True, eq=False)
class _Ends:
    points: Array
    values: Array
    diverged: NDArray[np.bool_]


def _ends(cell: Cell, optimizer: Optimizer, starts: Array) -> _Ends:
    problem = cell.problem
    trace = descend(problem.objective, optimizer, starts, problem.n_iter, record="final", engine=cell.engine)
    values, lost = trace.values[0], trace.diverged | np.isnan(trace.values[0])
    return _Ends(trace.points[0], np.where(lost, np.inf, values), lost)


def _above_minimum(values: Array, objective: Objective) -> Array:
    """The gaps of a map of values; if no minimum is known, relative to the lowest value of the map."""
    if objective.minimum is not None:
        return gap(values, objective)
    finite = values[np.isfinite(values)]
    return values - finite.min() if len(finite) else values


def _with(optimizer: Optimizer, columns: dict[str, Array]) -> Optimizer:
    return type(optimizer)(**{**given_fields(optimizer), **columns})
