"""Which minimizer a point is at, and how far away the nearest is."""

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective, total, window_of

_REACHED = 1e-2


def distance(points: Array, objective: Objective) -> Array:
    """Euclidean distance from points `(d, ...)` to the nearest minimizer, `(...)`; NaN if none is known."""
    if objective.minimizers is None:
        return np.full(points.shape[1:], np.nan)
    nearest: Array = _distances(points, objective).min(axis=0)
    return nearest


def reached(points: Array, objective: Objective) -> NDArray[np.int64]:
    """The minimizer that each point has reached.

    A point has reached the nearest minimizer if it is within 1 % of the diagonal of the window that the objective is
    drawn in (in d dimensions, of a cube with the window's mean square side).

    Args:
        points: `(d, ...)`.
        objective: An objective with known minimizers.

    Returns:
        The column of the minimizer in `Objective.minimizers`, `(...)`; -1 for none, as for points that are not finite.

    >>> from rmsprop_lab.objectives import Himmelblau
    >>> reached(np.array([[3.0, 0.0, np.inf], [2.0, 0.0, 0.0]]), Himmelblau()).tolist()
    [0, -1, -1]
    """
    away = _distances(points, objective)
    sides = np.diff(window_of(objective), axis=1)
    near = _REACHED * float(np.sqrt(objective.dim * np.mean(sides * sides)))
    return np.where(away.min(axis=0) <= near, away.argmin(axis=0), -1)


def _distances(points: Array, objective: Objective) -> Array:
    """The distance of each point to each minimizer, `(m, ...)`; +inf for points that are not finite."""
    with np.errstate(all="ignore"):
        away = [(points.T - minimizer).T for minimizer in np.asarray(objective.minimizers).T]
        found = np.stack([np.sqrt(total(vector * vector)) for vector in away])
    return np.where(np.isnan(found), np.inf, found)
