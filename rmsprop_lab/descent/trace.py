"""What descents leave behind."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.errors import InputError


@dataclass(frozen=True, eq=False)
class Trace:
    """What B descents did; iteration 0 is the start.

    With `record="trace"` T = n_iter + 1 iterations are kept, with `record="final"` T = 1, the last.
    Of a long trace a study keeps some: `iterations` says which.
    """

    points: Array
    """`(T, d, B)`"""
    values: Array
    """`(T, B)`: the objective at the points."""
    gradient_norms: Array
    """`(T, B)`: the Euclidean norm of the gradient at the points."""
    first_bad: NDArray[np.int64]
    """`(B,)`: the first iteration whose point, value or gradient norm is not finite; -1 if there is none.

    With `record="final"` values are only looked at in the end."""
    iterations: NDArray[np.int64]
    """`(T,)`: the numbers of the iterations that are kept, ascending."""
    objective: Objective | None = None
    """What was minimised, where that is known."""

    @classmethod
    def of(cls, points: Array, values: Array, gradient_norms: Array, iterations: NDArray[np.int64]) -> "Trace":
        """A trace whose `first_bad` is found in its numbers: in the iterations that are kept."""
        finite = np.isfinite(values) & np.isfinite(gradient_norms)
        for row in range(points.shape[1]):
            finite &= np.isfinite(points[:, row])
        first_bad = np.where(finite.all(axis=0), -1, iterations[finite.argmin(axis=0)])
        return cls(points, values, gradient_norms, first_bad, iterations)

    @classmethod
    def empty(cls, kept: int, dim: int, width: int) -> "Trace":
        """Room for `kept` iterations of `width` descents."""
        return cls(
            np.empty((kept, dim, width)),
            np.empty((kept, width)),
            np.empty((kept, width)),
            np.empty(width, dtype=np.int64),
            np.arange(kept),
        )

    def __repr__(self) -> str:
        dim, width = self.points.shape[1:]
        first, last = (_median(self.values[row]) if len(self.values) else math.nan for row in (0, -1))
        lost = f", {self.diverged.sum()} diverged" if self.diverged.any() else ""
        iterations = f"{self.iterations[0]} to {self.iterations[-1]}" if len(self.iterations) else "none"
        return (
            f"Trace({width} descent{'' if width == 1 else 's'} in {dim} dimension{'' if dim == 1 else 's'}{lost}; "
            f"iterations {iterations} ({len(self.iterations)} kept), median value {first:.4g} to {last:.4g})"
        )

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """`(B,)`: whether something stopped being a finite number; the other descents are unaffected."""
        return self.first_bad >= 0

    def part(self, runs: slice) -> "Trace":
        """A view of some of the descents."""
        arrays = self.points[:, :, runs], self.values[:, runs], self.gradient_norms[:, runs], self.first_bad[runs]
        return Trace(*arrays, self.iterations, self.objective)

    def at(self, rows: slice | NDArray[np.int64]) -> "Trace":
        """Some of the iterations: a view of a slice of rows, a copy of rows given by number."""
        arrays = self.points[rows], self.values[rows], self.gradient_norms[rows]
        return Trace(*arrays, self.first_bad, self.iterations[rows], self.objective)

    @classmethod
    def joined(cls, pieces: Sequence["Trace"]) -> "Trace":
        """One trace of pieces that follow each other; the last one's `first_bad` is that of all."""
        if len(pieces) == 1:
            return pieces[0]
        return cls(
            np.concatenate([piece.points for piece in pieces]),
            np.concatenate([piece.values for piece in pieces]),
            np.concatenate([piece.gradient_norms for piece in pieces]),
            pieces[-1].first_bad,
            np.concatenate([piece.iterations for piece in pieces]),
            pieces[-1].objective,
        )


def _median(values: Array) -> float:
    """The lower median, where what is not a number counts as worst; NaN of none."""
    ordered = np.sort(np.where(np.isnan(values), np.inf, values))
    return float(ordered[(len(ordered) - 1) // 2]) if len(ordered) else math.nan


def buffers(out: Trace | None, kept: int, dim: int, width: int, objective: Objective) -> Trace:
    """A trace with room for so many iterations of so many descents, in the arrays of `out` where it is given."""
    if out is None:
        return replace(Trace.empty(kept, dim, width), objective=objective)
    expected = f"a trace of {kept} iterations of {width} descents in {dim} dimensions"
    if not isinstance(out, Trace):
        raise InputError("out", expected, out)
    arrays = (out.points, out.values, out.gradient_norms, out.first_bad, out.iterations)
    shapes = ((kept, dim, width), (kept, width), (kept, width), (width,), (kept,))
    types = (np.float64, np.float64, np.float64, np.int64, np.int64)
    for array, shape, dtype in zip(arrays, shapes, types, strict=True):
        if array.shape != shape or array.dtype != dtype or not (array.flags.c_contiguous and array.flags.writeable):
            raise InputError("out", expected, array.shape)
    return replace(out, objective=objective)
