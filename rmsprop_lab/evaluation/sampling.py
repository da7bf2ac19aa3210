"""Samples an objective for pictures: over a plane of its first two coordinates, or along its only one."""

import numpy as np

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.errors import raised

_ASKED_FIRST = 97  # points of a mesh whose objective raises errors


def sampled_plane(objective: Objective, window: Array, n: int) -> tuple[Array, Array, Array, str]:
    """The values of an objective on a mesh of its first two coordinates.

    Args:
        objective: An objective with at least two dimensions.
        window: The range of the first two coordinates, `(2, 2)`, a row (low, high) for each.
        n: Number of points along each axis.

    Returns:
        The first coordinates `(n,)`, the second `(n,)`, the values `(n, n)`, a row for each second one, NaN where the
        objective's code fails; and how further coordinates are chosen, empty if there are none.
    """
    x, y = (np.linspace(low, high, n) for low, high in window)
    mesh = np.empty((objective.dim, n, n))
    mesh[0], mesh[1] = np.meshgrid(x, y)
    note = ""
    if objective.dim > 2:
        centre, note = _centre(objective)
        mesh[2:] = centre[2:, None, None]
    return x, y, _values(objective, mesh), note


def sampled_curve(objective: Objective, low: float, high: float) -> Array:
    """The values of a one-dimensional objective at 501 points from `low` to `high`; NaN where its code fails."""
    return _values(objective, np.linspace(low, high, 501)[None])


def shown_range(objective: Objective, starts: Array) -> Array:
    """The range of the coordinates that a run's picture shows, `(1, 2)` or `(2, 2)`, with all starts `(d, S)`."""
    if objective.dim > 1:
        return window_of(objective, starts)
    (low, high), *_ = objective.bounds
    return np.array([[min(low, starts.min()), max(high, starts.max())]])


def _values(objective: Objective, mesh: Array) -> Array:
    """The objective on the mesh; NaN where its code raises an error, as runs may never have been there."""
    with np.errstate(all="ignore"):
        try:
            return np.asarray(objective.value(mesh), dtype=np.float64)
        except BaseException as error:
            raised(error)
            values, points = np.full(mesh.shape[1:], np.nan), list(np.ndindex(mesh.shape[1:]))
            some = points[:: max(1, len(points) // _ASKED_FIRST)]
            if np.isnan([_value(objective, mesh[:, *at][:, None]) for at in some]).all():
                return values  # to ask everywhere may take minutes
            for at in points:
                values[at] = _value(objective, mesh[:, *at][:, None])
            return values


def _value(objective: Objective, point: Array) -> float:
    """The value at a point `(d, 1)`; NaN where the objective's code raises an error."""
    try:
        return float(np.asarray(objective.value(point)).item())
    except BaseException as error:
        raised(error)
        return float("nan")


def _centre(objective: Objective) -> tuple[Array, str]:
    if objective.minimizers is not None:
        return np.asarray(objective.minimizers)[:, 0], "slice through the minimizer"
    return objective.bounds.mean(axis=1), "slice through the middle of the bounds"
