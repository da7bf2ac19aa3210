"""From a trace to the measures of each run, and to its curves."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_lab.base import Array, Objective, total
from rmsprop_lab.descent import Trace
from rmsprop_lab.plan.scores import TARGETS

LOG10_FLOOR = -16.0
"""Gaps below 1e-16 are rounding: their log10 counts as this."""

QUARTILES = {"_q25": 0.25, "": 0.5, "_q75": 0.75}
SPREAD = ("final_value", "final_gap", "best_gap", *(f"steps_to_{t}" for t in TARGETS), "gradient_norm", "distance")
"""The measures taken over starts: each has its median under its own name, and `_q25` and `_q75`."""


class Progress:
    """The measures of descents, taken from their trace segment by segment: bit-equal to those of the whole trace.

    A trace holds B = runs x starts descents, a run's starts next to each other.

    - gap = max(0, value - minimum); `best_gap` is the smallest along the way;
    - `steps_to_tau`: the first iteration with f(x) - f* <= tau (f(x0) - f*) (Moré & Wild 2009, eq. 2.2);
    - `distance`: Euclidean, to the nearest minimizer;
    - `evaluations`: per start, of the gradient, or of the value where central differences stand for it.
    """

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self._targets: list[Array] = []

    def add(self, trace: Trace) -> None:
        """The iterations that follow those seen so far; `trace.first_bad` is the first of all of them."""
        gaps = gap(trace.values, self._objective)
        if not self._targets:
            self._targets = [float(target) * gaps[0] for target in TARGETS]
            self._steps = [np.full(gaps.shape[1], np.inf) for _ in TARGETS]
            self._best = np.full(gaps.shape[1], np.nan)
        for steps, target in zip(self._steps, self._targets, strict=True):
            reached = gaps <= target
            new = np.isinf(steps) & reached.any(axis=0)
            steps[new] = trace.iterations[reached.argmax(axis=0)[new]]
        self._best = np.fmin(self._best, np.fmin.reduce(gaps, axis=0))
        self._last = trace.at(np.array([len(gaps) - 1]))

    def columns(self, runs: int) -> dict[str, Array]:
        """One value per run, shape `(runs,)`, for each column of `runs.parquet` that the numbers decide.

        Over starts: order statistics (`inverted_cdf`), as interpolating between infinities gives NaN. A start that
        diverged has infinite value, gap, steps, norm and distance, so it counts as worst. Where the minimum or the
        minimizers are unknown the columns that need them are NaN.
        """
        last, objective = self._last, self._objective
        failed = last.diverged
        per_start = {
            "final_value": last.values[0],
            "final_gap": gap(last.values[0], objective),
            "best_gap": self._best,
            **{f"steps_to_{target}": steps for target, steps in zip(TARGETS, self._steps, strict=True)},
            "gradient_norm": last.gradient_norms[0],
            "distance": distance(last.points[0], objective),
        }
        has_minimum, has_minimizers = objective.minimum is not None, objective.minimizers is not None
        known = {"final_value": True, "gradient_norm": True, "distance": has_minimizers}
        numbers = np.array(list(per_start.values()))
        worst = np.where(failed | np.isnan(numbers), np.inf, numbers)
        worst[[not known.get(name, has_minimum) for name in per_start]] = np.nan
        quartiles = {suffix: over_starts(worst, runs, share) for suffix, share in QUARTILES.items()}
        columns = {name + suffix: quartiles[suffix][row] for row, name in enumerate(per_start) for suffix in QUARTILES}
        diverged = failed.reshape(runs, -1)
        first_bad = np.where(failed, last.first_bad, np.inf).reshape(runs, -1).min(axis=1)
        columns["diverged"] = diverged.sum(axis=1)
        columns["first_bad_iteration"] = np.where(np.isinf(first_bad), np.nan, first_bad)
        columns["evaluations"] = np.full(runs, last.iterations[0] * objective.evaluations_per_gradient)
        return columns


def curves(trace: Trace, objective: Objective) -> dict[str, Array]:
    """The median over starts at each iteration of one run that is kept, each `(T,)`; NaN where it is not finite.

    `value`, `gradient_norm` and, where the minimum or the minimizers are known, `log10_gap`, `distance`.
    """
    per_start = {
        "value": trace.values,
        "log10_gap": log10_gap(gap(trace.values, objective)),
        "gradient_norm": trace.gradient_norms,
        "distance": distance(trace.points.swapaxes(0, 1), objective),
    }
    medians = {name: _median_curve(values) for name, values in per_start.items()}
    return {name: curve for name, curve in medians.items() if np.isfinite(curve).any()}


def steps_until(trace: Trace, objective: Objective, target: float) -> float:
    """The median over starts of the first iteration at which the gap (or the value, where no minimum is known)
    is below `target`; +inf if never."""
    values = trace.values if objective.minimum is None else gap(trace.values, objective)
    below = values < target
    steps = np.where(below.any(axis=0), below.argmax(axis=0), np.inf)
    return float(over_starts(steps, 1, 0.5)[0])


def gap(values: Array, objective: Objective) -> Array:
    """max(0, value - minimum), NaN where a value is NaN or the minimum is unknown."""
    if objective.minimum is None:
        return np.full_like(values, np.nan)
    return np.maximum(0.0, values - objective.minimum)


def log10_gap(gaps: ArrayLike) -> Array:
    """log10 of a gap, not below `LOG10_FLOOR`."""
    with np.errstate(divide="ignore"):
        floored: Array = np.maximum(np.log10(gaps), LOG10_FLOOR)
    return floored


def distance(points: Array, objective: Objective) -> Array:
    """`(d, ...)` to `(...)`: to the nearest minimizer; NaN where none is known."""
    if objective.minimizers is None:
        return np.full(points.shape[1:], np.nan)
    nearest = np.full(points.shape[1:], np.inf)
    with np.errstate(all="ignore"):
        for minimizer in np.asarray(objective.minimizers).T:
            away = (points.T - minimizer).T
            nearest = np.minimum(nearest, np.sqrt(total(away * away)))
    return nearest


def over_starts(values: Array, runs: int, share: float) -> Array:
    """The order statistic of the last axis at `share` for each run: `(..., B)` to `(..., runs)`."""
    folded = values.reshape(*values.shape[:-1], runs, -1)
    kth = max(0, int(np.ceil(share * folded.shape[-1])) - 1)
    return np.partition(folded, kth, axis=-1)[..., kth]


def median_start(values: Array) -> int:
    """Which of the starts of one run ends at the median value: `(S,)` to its index."""
    worst = np.where(np.isnan(values), np.inf, values)
    return int(np.argsort(worst, kind="stable")[(len(worst) + 1) // 2 - 1])


def scores_of(columns: Mapping[str, ArrayLike], score: str) -> Array:
    """What a search minimises, shape `(runs,)`: log10 of the median gap, or the median number of steps.

    `columns`: those of `runs.parquet` named `outcome`, `final_value` and `score`. The final value stands in where no
    minimum is known; +inf for never, and for a run that diverged or failed; never NaN.
    """
    chosen = np.asarray(columns[score], dtype=np.float64)
    found = chosen if score.startswith("steps_to") else log10_gap(chosen)
    found = np.where(np.isnan(chosen), np.asarray(columns["final_value"], dtype=np.float64), found)
    return np.where(np.asarray(columns["outcome"]) == "ok", found, np.inf)


def _median_curve(values: Array) -> Array:
    median = over_starts(np.where(np.isnan(values), np.inf, values), 1, 0.5)[..., 0]
    return np.where(np.isfinite(median), median, np.nan)


def thinned(length: int, most: int = 101) -> NDArray[np.int64]:
    """At most about `most` iterations out of `length`, log-spaced, the first and the last among them."""
    if length <= most:
        return np.arange(length)
    spaced = np.geomspace(1, length, most) - 1
    return np.unique(np.concatenate([[0], spaced.round().astype(np.int64), [length - 1]]))
