"""Computes basins of attraction: the minimizer that each start of a mesh reaches."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.evaluation.endings import BLOCK, Measure, endings, measure_floor, measure_of, measured
from rmsprop_lab.evaluation.minimizers import reached
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.keys import sha256

_VERSION = 2  # of what a file of basins holds


@dataclass(frozen=True, eq=False)
class Basins:
    """The minimizer that each start of a mesh reaches.

    Args:
        cell: Problem and optimizer.
        x: First coordinates of the starts, `(nx,)`.
        y: Second coordinates, `(ny,)`.
        reached: Column of the minimizer in `Objective.minimizers`, `(ny, nx)`; -1 for none, -2 for divergence.
        scores: The measure of the final value, `(ny, nx)`; +inf where the start diverged.
    """

    cell: Cell
    x: Array
    y: Array
    reached: NDArray[np.int16]
    scores: Array

    @property
    def measure(self) -> Measure:
        """What the scores are: `log10_gap`, or `value` where the minimum's value is not known."""
        return measure_of(self.cell.problem.objective)

    @property
    def floor(self) -> float:
        """The lowest score that rounding lets us tell; -inf for values."""
        return measure_floor(self.cell.problem.objective)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is kept of it, by name."""
        return {"x": self.x, "y": self.y, "reached": self.reached, self.measure: self.scores}

    @classmethod
    def of_arrays(cls, cell: Cell, arrays: Mapping[str, NDArray[Any]]) -> "Basins":
        """The basins whose `arrays` were kept."""
        return cls(cell, arrays["x"], arrays["y"], arrays["reached"], arrays[measure_of(cell.problem.objective)])


def basins(cell: Cell, resolution: int) -> Basins:
    """Computes which minimizer each start of a mesh over the objective's window reaches.

    Args:
        cell: A problem in two dimensions with known minimizers, and an optimizer; the cell's starts are not used.
        resolution: Number of starts along each axis.
    """
    objective = cell.problem.objective
    x, y = (np.linspace(low, high, resolution) for low, high in window_of(objective))
    at = np.empty((resolution, resolution), dtype=np.int16)
    values = np.empty((resolution, resolution))
    rows = max(1, BLOCK // resolution)
    for low in range(0, resolution, rows):
        part = y[low : low + rows]
        starts = np.stack([np.tile(x, len(part)), np.repeat(part, len(x))])
        streams = low * resolution + np.arange(starts.shape[1])
        ends = endings(cell.problem, cell.optimizer, starts, streams, cell.engine)
        index = np.where(ends.diverged, -2, reached(ends.points, objective))
        at[low : low + rows] = index.reshape(len(part), -1)
        values[low : low + rows] = ends.values.reshape(len(part), -1)
    return Basins(cell, x, y, at, measured(values, objective))


def has_basins(objective: Objective) -> bool:
    """Whether an objective has basins to draw: two dimensions and known minimizers."""
    return objective.dim == 2 and objective.minimizers is not None


def basins_key(cell: Cell, resolution: int) -> str:
    """SHA-256 of everything that decides basins."""
    return sha256({"cell": cell.key, "kind": "basins", "version": _VERSION, "resolution": resolution})
