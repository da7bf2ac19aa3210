"""What descents leave behind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.errors import Found, InputError


@dataclass(frozen=True, eq=False)
class Trace:
    """The iterations of B descents in d dimensions, as `descend` returns them; iteration 0 is the start.

    T iterations are kept: n_iter + 1 with `record="trace"`, the last one with `record="final"`, and of a long descent
    those that a study thins it to.

    Attributes:
        points: `(T, d, B)`, in the units of the objective's bounds.
        values: `(T, B)`, the objective at the points.
        gradient_norms: `(T, B)`, the Euclidean norm of the gradient at the points, without noise.
        first_bad: `(B,)`, the first iteration whose point, value or gradient norm is not finite, -1 where all are.
            With `record="final"` only the last value is looked at, but every point and gradient norm.
        iterations: `(T,)`, the numbers of the iterations that are kept, ascending.
        objective: What was minimised; None for a trace that was read from disk.

    >>> import numpy as np
    >>> from rmsprop_lab import descend
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> trace = descend(Bowl(), GD(step_size=np.array([0.1, 1e200])), starts=[0.5, -0.5], n_iter=20)
    >>> trace
    Trace(21 iterations, 2 dimensions, 2 descents: values 0.5 -> inf (median), 1 diverged)
    >>> trace.diverged
    array([False,  True])
    >>> trace.part(slice(0, 1)).values[-1].round(6)
    array([6.6e-05])
    """

    points: Array
    values: Array
    gradient_norms: Array
    first_bad: NDArray[np.int64]
    iterations: NDArray[np.int64]
    objective: Objective | None = None

    def __repr__(self) -> str:
        dim, width = self.points.shape[1:]
        size = f"{self._kept()}, {_count(dim, 'dimension')}, {_count(width, 'descent')}"
        if not self.values.size:
            return f"Trace({size})"
        with np.errstate(all="ignore"):
            ends = self.values[:: max(1, len(self.values) - 1)]  # the first row and the last, which may be one
            medians = np.median(np.where(np.isnan(ends), np.inf, ends) if width > 1 else ends, axis=1)
        numbers = " -> ".join(f"{number:.3g}" for number in medians)
        words = f"value {numbers}" if width == 1 else f"values {numbers} (median)"
        return f"Trace({size}: {words}, {int(self.diverged.sum())} diverged)"

    def _kept(self) -> str:
        """The iterations that are kept, in words."""
        if len(self.iterations) == 1:
            return f"iteration {self.iterations[0]}"
        words = _count(len(self.iterations), "iteration")
        if np.array_equal(self.iterations, np.arange(len(self.iterations))):
            return words
        return f"{words} from {self.iterations[0]} to {self.iterations[-1]}"

    @classmethod
    def of(cls, points: Array, values: Array, gradient_norms: Array, iterations: NDArray[np.int64]) -> "Trace":
        """A trace of these arrays, with `first_bad` as the iterations that are kept show it."""
        finite = np.isfinite(values) & np.isfinite(gradient_norms)
        if len(points) < points.shape[1]:  # the shorter loop
            for row, point in zip(finite, points, strict=True):
                row &= np.isfinite(point).all(axis=0)
        else:
            for coordinate in range(points.shape[1]):
                finite &= np.isfinite(points[:, coordinate])
        first_bad = np.where(finite.all(axis=0), -1, iterations[finite.argmin(axis=0)])
        return cls(points, values, gradient_norms, first_bad, iterations)

    @classmethod
    def empty(cls, kept: int, dim: int, width: int) -> "Trace":
        """A trace of `kept` iterations of `width` descents, of which only `iterations` is filled."""
        return cls(
            np.empty((kept, dim, width)),
            np.empty((kept, width)),
            np.empty((kept, width)),
            np.empty(width, dtype=np.int64),
            np.arange(kept),
        )

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Whether a number of a descent is not finite, `(B,)`; the other descents are unaffected by it."""
        return self.first_bad >= 0

    def part(self, descents: slice) -> "Trace":
        """A view of some of the descents."""
        return replace(
            self,
            points=self.points[:, :, descents],
            values=self.values[:, descents],
            gradient_norms=self.gradient_norms[:, descents],
            first_bad=self.first_bad[descents],
        )

    def at(self, rows: slice | NDArray[np.int64]) -> "Trace":
        """Some of the iterations: a view for a slice of rows, a copy for the numbers of rows."""
        return replace(
            self,
            points=self.points[rows],
            values=self.values[rows],
            gradient_norms=self.gradient_norms[rows],
            iterations=self.iterations[rows],
        )

    @classmethod
    def joined(cls, pieces: Sequence["Trace"]) -> "Trace":
        """One trace of pieces that follow each other in time; the last one's `first_bad` is that of all."""
        if len(pieces) == 1:
            return pieces[0]
        return replace(
            pieces[-1],
            points=np.concatenate([piece.points for piece in pieces]),
            values=np.concatenate([piece.values for piece in pieces]),
            gradient_norms=np.concatenate([piece.gradient_norms for piece in pieces]),
            iterations=np.concatenate([piece.iterations for piece in pieces]),
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shown(value: object) -> Found:
    """What was found in place of an argument: its representation, on one line and not endless."""
    text = " ".join(repr(value).split())
    return Found(text if len(text) <= 80 else f"{text[:80]}...")


def buffers(out: Trace | None, kept: int, dim: int, width: int, objective: Objective) -> Trace:
    """A trace of the objective in the arrays of `out` if they have these shapes, in new ones if it is None.

    Raises `InputError` for arrays of another shape or type.
    """
    if out is None:
        return replace(Trace.empty(kept, dim, width), objective=objective)
    expected = f"a Trace of {_count(kept, 'iteration')} of {_count(width, 'descent')} in {_count(dim, 'dimension')}"
    if not isinstance(out, Trace):
        raise InputError("out", expected, shown(out))
    shapes = {
        "points": (kept, dim, width),
        "values": (kept, width),
        "gradient_norms": (kept, width),
        "first_bad": (width,),
        "iterations": (kept,),
    }
    for name, shape in shapes.items():
        array, dtype = np.asanyarray(getattr(out, name)), np.float64 if len(shape) > 1 else np.int64
        if array.shape != shape or array.dtype != dtype:
            raise InputError("out", expected, Found(f"{name} of shape {array.shape} and type {array.dtype}"))
        if not (array.flags.c_contiguous and array.flags.writeable):
            raise InputError("out", expected, Found(f"read-only or scattered {name}"))
    return replace(out, objective=objective)
