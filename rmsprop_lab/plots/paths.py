"""The path of each start, as a line that a window of the plane can show."""

import numpy as np

from rmsprop_lab.base import Array, Objective

# A run this many window widths away is not drawn any further: no number is fine enough to say where, in the window, a
# line from there would come back, and Agg draws nothing right at 1e300.
_LOST = 1e9


def in_plane(points: Array, objective: Objective) -> Array:
    """Points `(T, d, S)` as `(T, 2, S)`: the first two coordinates, or x and f(x) for d = 1."""
    if points.shape[1] > 1:
        return points[:, :2]
    with np.errstate(all="ignore"):
        return np.stack([points[:, 0], objective.value(points.swapaxes(0, 1))], axis=1)


def path_in(plane: Array, window: Array) -> tuple[Array, Array | None]:
    """What is drawn of one path `(T, 2)`, as long, and where it left for good, if it did.

    `window`: `(2, 2)`, a row per coordinate. The path ends before its first point that is not finite, or with the first
    line to a point further away than a number can resolve; what follows is NaN. It left for good if it ends so, or
    outside the window: where the line from its last point in the window crosses the border, or at this point itself.
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
    """On the line from a point to one far away, as far as lines are drawn."""
    step = far / 2 - point / 2  # halves: the difference of two numbers may be too large for a number
    step /= np.abs(step).max()
    return np.asarray(point + step / np.abs(step / width).max() * _LOST)


def _inside(points: Array, window: Array) -> Array:
    return np.asarray(((points >= window[:, 0]) & (points <= window[:, 1])).all(axis=-1))


def _crossing(inside: Array, outside: Array, window: Array) -> Array:
    step = outside - inside
    border = np.where(step > 0, window[:, 1], window[:, 0])
    share = np.divide(border - inside, step, out=np.full(2, np.inf), where=step != 0)
    return np.asarray(np.clip(inside + share.min() * step, window[:, 0], window[:, 1]))
