"""The trace: points, values and gradient norms of descents, per iteration."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.errors import InputError


@dataclass(frozen=True, eq=False)
class Trace:
    """What B descents did, in T iterations that are kept; iteration 0 is the start.

    `descend` keeps all T = n_iter + 1 iterations, or with `record="final"` the last one, T = 1. A study keeps some of
    a long trace: see `iterations`.
    """

    points: Array
    """The points, `(T, d, B)`."""
    values: Array
    """The objective at the points, `(T, B)`."""
    gradient_norms: Array
    """The Euclidean norm of the gradient at the points, `(T, B)`."""
    first_bad: NDArray[np.int64]
    """The first iteration whose point, value or gradient norm is not finite, `(B,)`; -1 if there is none.

    With `record="final"` the value is checked at the last iteration only."""
    iterations: NDArray[np.int64]
    """The numbers of the iterations that are kept, ascending, `(T,)`."""
    objective: Objective | None = None
    """The objective that was minimised; None if unknown."""

    @classmethod
    def of(cls, points: Array, values: Array, gradient_norms: Array, iterations: NDArray[np.int64]) -> "Trace":
        """A trace from its numbers; `first_bad` is the first kept iteration that is not finite.

        Args:
            points: `(T, d, B)`.
            values: `(T, B)`.
            gradient_norms: `(T, B)`.
            iterations: The numbers of the kept iterations, ascending, `(T,)`.
        """
        finite = np.isfinite(values) & np.isfinite(gradient_norms)
        for row in range(points.shape[1]):
            finite &= np.isfinite(points[:, row])
        first_bad = np.where(finite.all(axis=0), -1, iterations[finite.argmin(axis=0)])
        return cls(points, values, gradient_norms, first_bad, iterations)

    @classmethod
    def empty(cls, kept: int, dim: int, width: int) -> "Trace":
        """A trace with uninitialised arrays for `kept` iterations of `width` descents in `dim` dimensions."""
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
        """Whether a number of each descent was not finite, `(B,)`; the other descents are unaffected."""
        return self.first_bad >= 0

    def part(self, runs: slice) -> "Trace":
        """A view of some of the descents."""
        arrays = self.points[:, :, runs], self.values[:, runs], self.gradient_norms[:, runs], self.first_bad[runs]
        return Trace(*arrays, self.iterations, self.objective)

    def at(self, rows: slice | NDArray[np.int64]) -> "Trace":
        """Some of the iterations: a view for a slice of rows, a copy for row numbers."""
        arrays = self.points[rows], self.values[rows], self.gradient_norms[rows]
        return Trace(*arrays, self.first_bad, self.iterations[rows], self.objective)

    @classmethod
    def joined(cls, pieces: Sequence["Trace"]) -> "Trace":
        """Joins consecutive segments into one trace; `first_bad` is that of the last segment, which covers all."""
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
    """The lower median, in which NaN counts as worst; NaN if there are no values."""
    ordered = np.sort(np.where(np.isnan(values), np.inf, values))
    return float(ordered[(len(ordered) - 1) // 2]) if len(ordered) else math.nan


def buffers(out: Trace | None, kept: int, dim: int, width: int, objective: Objective) -> Trace:
    """A trace to fill, with the arrays of `out` or new ones.

    Args:
        out: The trace to overwrite; None for new arrays.
        kept: Number of iterations T.
        dim: Number of coordinates d.
        width: Number of descents B.
        objective: The objective, which the trace refers to.

    Raises:
        InputError: `out` has other shapes or types, or cannot be written (key `out`).
    """
    if out is None:
        return replace(Trace.empty(kept, dim, width), objective=objective)
    expected = f"a writable Trace of {kept} iterations of {width} descents in {dim} dimensions"
    if not isinstance(out, Trace):
        raise InputError("out", expected, out)
    arrays = (out.points, out.values, out.gradient_norms, out.first_bad, out.iterations)
    shapes = ((kept, dim, width), (kept, width), (kept, width), (width,), (kept,))
    types = (np.float64, np.float64, np.float64, np.int64, np.int64)
    for array, shape, dtype in zip(arrays, shapes, types, strict=True):
        if array.shape != shape or array.dtype != dtype or not (array.flags.c_contiguous and array.flags.writeable):
            raise InputError("out", expected, array.shape)
    return replace(out, objective=objective)
