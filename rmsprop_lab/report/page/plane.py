"""Samples what the race is run on: the contour of an objective, or its curve in one dimension."""

from typing import Any

import numpy as np
from scipy.ndimage import uniform_filter

from rmsprop_lab.base import Array, Objective, window_of
from rmsprop_lab.evaluation.sampling import sampled_curve, sampled_plane, shown_range
from rmsprop_lab.report.page.packing import packed

_SIDE = 121  # points along each side of a plane; the page interpolates between them
_FINE = 3  # times finer is it sampled, as means show a narrow valley whole, and single points show beads of it
_MOST_FINE = 10  # dimensions
_LEVELS = 65535
_NEAREST = 1e-9  # of the largest gap: smaller ones have one colour


def plane(objective: Objective, starts: Array) -> dict[str, Any]:
    """The plane of the first two coordinates, with the gap as a share of its range in decades; or a curve.

    Args:
        objective: The objective.
        starts: Points that are inside, `(d, S)`.

    Returns:
        `x` and `y`: the ranges. In two dimensions and more `heights`, `(n, n)`, a row for each y: 0 for the smallest
        gap to 65535 for the largest, even in log10 of the gap; `decades`: log10 of both. In one dimension `curve`, the
        values at even distances. `note`: the choice of further coordinates; `minimizers`: points `(m, 2)`.
    """
    if objective.dim == 1:
        (range_x,) = shown_range(objective, starts).tolist()
        values = sampled_curve(objective, *range_x)
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        room = 0.05 * (high - low) or 1.0
        return {"x": range_x, "y": [low - room, high + room], "curve": packed(values), "note": "", "minimizers": []}
    fine = _FINE if objective.dim <= _MOST_FINE else 1
    x, y, values, note = sampled_plane(objective, window_of(objective, starts), fine * (_SIDE - 1) + 1)
    heights, decades = _heights(values, objective.minimum)
    means = uniform_filter(heights, 2 * fine + 1, mode="nearest")[::fine, ::fine]
    minimizers = [] if objective.minimizers is None else np.asarray(objective.minimizers)[:2].T.tolist()
    return {
        "x": x[[0, -1]].tolist(),
        "y": y[[0, -1]].tolist(),
        "heights": packed(means, "uint16"),
        "decades": decades,
        "note": note,
        "minimizers": minimizers,
    }


def _heights(values: Array, minimum: float | None) -> tuple[Array, list[float]]:
    """Values as shares of their range, even in the log of the gap to the minimum, or to the lowest value."""
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros(values.shape), [0.0, 0.0]
    gaps = np.where(finite, values, np.nan) - (np.nanmin(values[finite]) if minimum is None else minimum)
    most = float(np.nanmax(gaps))
    if not most > 0:
        return np.zeros(values.shape), [0.0, 0.0]
    positive = gaps[gaps > 0]
    least = max(float(np.quantile(positive, 0.002)), most * _NEAREST)
    low, high = np.log10(least), np.log10(most)
    logs = np.log10(np.where(finite, np.maximum(gaps, least), most))
    return np.round(_LEVELS * (logs - low) / (high - low or 1.0)), [float(low), float(high)]
