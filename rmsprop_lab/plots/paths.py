"""Where the runs of a batch of starts went, as lines that a window of the plane can show."""

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
    """What is drawn of one path `(T, 2)`, and where it left for good, if it did.

    `window`: `(2, 2)`, a row per coordinate. The path ends before its first point that is not finite, and with the
    first line to a point further away than a number can resolve. It left for good if it ends so, or outside the
    window: where the line from its last point in the window crosses the border, or at this point itself.
    """
    if _inside(plane, window).all():
        return plane, None
    finite = np.isfinite(plane).all(axis=1)
    path = plane if finite.all() else plane[: finite.argmin()]
    centre, width = window.mean(axis=1), window[:, 1] - window[:, 0]
    with np.errstate(over="ignore"):
        far = (np.abs(path / 2 - centre / 2) > _LOST * (width / 2)).any(axis=1)
    if far.any():
        end = int(far.argmax())
        path = np.concatenate([path[:end], _towards(path[:end], path[end], width)])
    if not len(path) or (len(path) == len(plane) and _inside(path[-1], window)):
        return path, None
    inside = np.flatnonzero(_inside(path, window))
    if not inside.size:
        return path, None
    last = int(inside[-1])
    return path, path[last] if last == len(path) - 1 else _crossing(path[last], path[last + 1], window)


def _towards(path: Array, far: Array, width: Array) -> Array:
    """`(1, 2)` on the line from the end of `path` to a point far away, as far as lines are drawn; `(0, 2)` if the
    path has not begun."""
    step = far / 2 - path[-1:] / 2  # halves: the difference of two numbers may be too large for a number
    step /= np.abs(step).max(axis=1, keepdims=True, initial=0.0)
    widths_per_step = np.abs(step / width).max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(path[-1:] + step / widths_per_step * _LOST)


def _inside(points: Array, window: Array) -> Array:
    return np.asarray(((points >= window[:, 0]) & (points <= window[:, 1])).all(axis=-1))


def _crossing(inside: Array, outside: Array, window: Array) -> Array:
    step = outside - inside
    border = np.where(step > 0, window[:, 1], window[:, 0])
    share = np.divide(border - inside, step, out=np.full(2, np.inf), where=step != 0)
    return np.asarray(np.clip(inside + share.min() * step, window[:, 0], window[:, 1]))
