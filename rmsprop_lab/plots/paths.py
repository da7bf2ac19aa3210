"""Clips the path of a descent to lines that can be drawn in a window of the plane."""

import numpy as np

from rmsprop_lab.base import Array, Objective

# Paths are drawn up to this many window widths away. From further away, rounding would hide where a line returns into
# the window, and Agg draws wrong lines for coordinates near 1e300.
_LOST = 1e9


def in_plane(points: Array, objective: Objective) -> Array:
    """Projects points `(T, d, S)` to the plane, `(T, 2, S)`: the first two coordinates, or x and f(x) for d = 1."""
    if points.shape[1] > 1:
        return points[:, :2]
    with np.errstate(all="ignore"):
        return np.stack([points[:, 0], objective.value(points.swapaxes(0, 1))], axis=1)


def path_in(plane: Array, window: Array) -> tuple[Array, Array | None]:
    """The part of a path that can be drawn, and the point where the path leaves the window for good.

    The path is cut before its first point that is not finite, or at the first point that is too far away.

    Args:
        plane: The path, `(T, 2)`.
        window: The range that is shown, `(2, 2)`, a row (low, high) per coordinate.

    Returns:
        The path, `(T, 2)`, NaN after the cut; and where it leaves the window without return, `(2,)`: the point where
        it crosses the border, or its last point in the window if the next one is not finite. None if it stays.
    """
    if _inside(plane, window).all():
        return plane, None
    centre, width = window.mean(axis=1), window[:, 1] - window[:, 0]
    with np.errstate(over="ignore", invalid="ignore"):
        near = (np.abs(plane / 2 - centre / 2) <= _LOST * (width / 2)).all(axis=1)
    end = len(plane) if near.all() else int(near.argmin())
    path = np.full(plane.shape, np.nan)
    path[:end] = plane[:end]
    if 0 < end < len(plane) and np.isfinite(plane[end]).all():
        path[end] = _towards(plane[end], path[end - 1], width)
    inside = np.flatnonzero(_inside(path, window))
    if not inside.size or inside[-1] == len(path) - 1:
        return path, None
    last, following = path[inside[-1]], path[inside[-1] + 1]
    return path, _crossing(last, following, window) if np.isfinite(following).all() else last


def _towards(far: Array, point: Array, width: Array) -> Array:
    """The point on the line from `point` to `far` that is as far away as lines are drawn."""
    step = far / 2 - point / 2  # halves, as the difference itself may overflow
    step /= np.abs(step).max()
    return np.asarray(point + step / np.abs(step / width).max() * _LOST)


def _inside(points: Array, window: Array) -> Array:
    return np.asarray(((points >= window[:, 0]) & (points <= window[:, 1])).all(axis=-1))


def _crossing(inside: Array, outside: Array, window: Array) -> Array:
    step = outside - inside
    border = np.where(step > 0, window[:, 1], window[:, 0])
    share = np.divide(border - inside, step, out=np.full(2, np.inf), where=step != 0)
    return np.asarray(np.clip(inside + share.min() * step, window[:, 0], window[:, 1]))
