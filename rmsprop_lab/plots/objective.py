"""The part of an objective that a picture shows, sampled on a mesh."""

import contextlib
from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Objective

LEVELS = 50
_SKEWED = 0.2  # a median gap below this share of the largest: equal steps in value would show one colour


@dataclass(frozen=True, eq=False)
class Landscape:
    """An objective over a window of its first two coordinates.

    `x`, `y`: `(n,)`; `values`: `(n, n)`, row per y; `levels`: `(LEVELS + 1,)` boundaries of the filled
    levels, evenly spaced in value, or in log gap where even steps would drown the valley (`log`);
    `slice_note`: what stands for the other coordinates when there are more than two, else empty.
    """

    x: Array
    y: Array
    values: Array
    levels: Array
    log: bool
    slice_note: str

    @property
    def window(self) -> tuple[float, float, float, float]:
        return self.x[0], self.x[-1], self.y[0], self.y[-1]


def landscape(objective: Objective, window: Array, n: int = 201) -> Landscape:
    """Samples the objective on n x n points of the window; needs two dimensions or more."""
    x, y = (np.linspace(low, high, n) for low, high in window)
    mesh = np.empty((objective.dim, n, n))
    mesh[0], mesh[1] = np.meshgrid(x, y)
    note = ""
    if objective.dim > 2:
        centre, note = _centre(objective)
        mesh[2:] = centre[2:, None, None]
    values = _values(objective, mesh)
    return Landscape(x, y, values, *_levels(values, objective.minimum), note)


def _values(objective: Objective, mesh: Array) -> Array:
    """f on the mesh; NaN at the points where its code raises an error, which a run may never have come to."""
    with np.errstate(all="ignore"):
        try:
            return np.asarray(objective.value(mesh), dtype=np.float64)
        except Exception:
            values = np.full(mesh.shape[1:], np.nan)
            for at in np.ndindex(values.shape):
                with contextlib.suppress(Exception):
                    values[at] = np.asarray(objective.value(mesh[:, *at][:, None])).item()
            return values


def _centre(objective: Objective) -> tuple[Array, str]:
    if objective.minimizers is not None:
        return np.asarray(objective.minimizers)[:, 0], "slice through the minimizer, paths projected"
    return objective.bounds.mean(axis=1), "slice through the middle of the bounds, paths projected"


def _levels(values: Array, minimum: float | None) -> tuple[Array, bool]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return np.linspace(0.0, 1.0, LEVELS + 1), False
    low, high = float(finite.min()), float(finite.max())
    if high <= low:
        return np.linspace(low - 0.5, low + 0.5, LEVELS + 1), False
    gaps = finite - (low if minimum is None else minimum)
    if np.median(gaps) >= _SKEWED * gaps.max():
        return np.linspace(low, high, LEVELS + 1), False
    least = max(float(np.quantile(gaps[gaps > 0], 0.001)), gaps.max() * 1e-8)
    bounds = np.geomspace(least, gaps.max(), LEVELS) + (low if minimum is None else minimum)
    return np.concatenate([[min(low, bounds[0]) - 1e-12 * gaps.max()], bounds]), True
