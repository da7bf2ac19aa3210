"""What is probably wrong with the code of an objective or optimizer, though it may be meant so: nothing is refused."""

import numpy as np

from rmsprop_lab.base.arrays import Array
from rmsprop_lab.base.objective import Objective
from rmsprop_lab.base.optimizer import Optimizer
from rmsprop_lab.errors import raised

_MOST_POINTS = 16
_MOST_COORDINATES = 64  # central differences take two values for each
_FAR = 1e-3  # relative error of a gradient: central differences of smooth functions are right to 1e-9


def gradient_doubt(objective: Objective, points: Array) -> str:
    """Why the gradient is probably not that of the values; empty if it seems right, or code raises an error.

    At kinks it may differ from central differences, so that most points count.

    Args:
        objective: An objective.
        points: Where to look, `(d, S)`.
    """
    if objective.evaluations_per_gradient > 1 or objective.dim > _MOST_COORDINATES:
        return ""
    points = np.array(points[:, :_MOST_POINTS], dtype=np.float64)
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(objective.gradient(points), dtype=np.float64)
            expected = Objective.gradient(objective, points)
            size = np.abs(found).max(axis=0) + np.abs(np.asarray(expected)).max(axis=0)
            size += 1e-4 * np.abs(np.asarray(objective.value(points)))  # differences round on this scale
            wrong = np.abs(found - expected) > _FAR * np.maximum(size, 1e-8 * size.max() + 1e-300)
    except BaseException as error:  # user code may raise anything; the runs record it
        raised(error)
        return ""
    count = int(wrong.any(axis=0).sum())
    if 2 * count <= points.shape[1]:
        return ""
    i, j = np.argwhere(wrong)[0]
    at = ", ".join(f"{number:.4g}" for number in points[:3, j]) + (", ..." if objective.dim > 3 else "")
    return (
        f"at {count} of {points.shape[1]} starts it is not the slope of value: at ({at}) coordinate {i} is "
        f"{found[i, j]:.4g}, central differences give {np.asarray(expected)[i, j]:.4g}"
    )


def uphill(optimizer: Optimizer, gradient: Array) -> bool:
    """Whether the first step leads up the gradient `(2, B)` in every run; False if code raises an error."""
    try:
        with np.errstate(all="ignore"):
            state = tuple(np.broadcast_to(number, gradient.shape).astype(np.float64) for number in optimizer.init())
            given = (gradient, state) if optimizer.elementwise else (gradient, state, np.zeros_like(gradient))
            step = np.asarray(optimizer.update(*given)[0])
            return bool(((step * gradient).sum(axis=0) < 0).all())
    except BaseException as error:
        raised(error)
        return False
