"""Computes the measures of each run and its curves from a trace."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_lab.base import Array, Objective, total
from rmsprop_lab.descent import Trace
from rmsprop_lab.plan.scores import TARGETS

LOG10_FLOOR = -16.0
"""log10 of every gap below 1e-16: such gaps are rounding errors."""

QUARTILES = {"_q25": 0.25, "": 0.5, "_q75": 0.75}
SPREAD = ("final_value", "final_gap", "best_gap", *(f"steps_to_{t}" for t in TARGETS), "gradient_norm", "distance")
"""Measures with one value per start. A run has their median under this name, and quartiles under `_q25`, `_q75`."""


class Progress:
    """Computes the measures of descents segment by segment, bit-equal to those of the whole trace.

    A trace holds B = runs x starts descents, all starts of a run next to each other. The measures of a start:

    - `final_value`, `final_gap`, `gradient_norm`: at the last iteration; gap = max(0, value - minimum);
    - `best_gap`: the smallest gap of all iterations;
    - `steps_to_tau`: the first iteration with f(x) - f* <= tau (f(x0) - f*) (Moré & Wild 2009, eq. 2.2);
    - `distance`: Euclidean distance from the last point to the nearest minimizer;
    - `evaluations`: number of gradients, or of values if the gradient is by central differences.

    Args:
        objective: The objective of all descents.
    """

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self._targets: list[Array] = []

    def add(self, trace: Trace) -> None:
        """Adds the next segment. Its `first_bad` must count from the first iteration of the first segment."""
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
        """The measures of each run, as columns of `runs.parquet`.

        Quartiles over starts are order statistics (`inverted_cdf`): interpolation between infinities would give NaN.
        A start that diverged counts as worst: all its measures are +inf.

        Args:
            runs: Number of runs.

        Returns:
            One value per run, `(runs,)`, by column name. A column that needs an unknown minimum or unknown minimizers
            is NaN.
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
    """The median curves of one run over its starts.

    Args:
        trace: All starts of one run, T iterations.
        objective: Its objective.

    Returns:
        `value` and `gradient_norm`, `log10_gap` if the minimum is known, `distance` if the minimizers are: one value
        per kept iteration, `(T,)`, NaN where it is not finite.
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
    """The iteration at which one run comes below a target: the median over its starts.

    Args:
        trace: All starts of one run, every iteration.
        objective: Its objective.
        target: Bound on the gap, or on the value if no minimum is known.

    Returns:
        The number of iterations; +inf if the median start never comes below the target.

    >>> from rmsprop_lab.descent import descend
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> steps_until(descend(Bowl(), GD(step_size=0.25), [1.0, -1.0], n_iter=20), Bowl(), 1e-3)
    6.0
    """
    values = trace.values if objective.minimum is None else gap(trace.values, objective)
    below = values < target
    steps = np.where(below.any(axis=0), below.argmax(axis=0), np.inf)
    return float(over_starts(steps, 1, 0.5)[0])


def gap(values: Array, objective: Objective) -> Array:
    """max(0, value - minimum), in the shape of `values`; NaN for a value of NaN and if the minimum is unknown."""
    if objective.minimum is None:
        return np.full_like(values, np.nan)
    return np.maximum(0.0, values - objective.minimum)


def log10_gap(gaps: ArrayLike) -> Array:
    """log10 of gaps, at least `LOG10_FLOOR`, in their shape.

    >>> log10_gap([1e-3, 0.0]).tolist()
    [-3.0, -16.0]
    """
    with np.errstate(divide="ignore"):
        floored: Array = np.maximum(np.log10(gaps), LOG10_FLOOR)
    return floored


def distance(points: Array, objective: Objective) -> Array:
    """Euclidean distance from points `(d, ...)` to the nearest minimizer, `(...)`; NaN if none is known."""
    if objective.minimizers is None:
        return np.full(points.shape[1:], np.nan)
    nearest = np.full(points.shape[1:], np.inf)
    with np.errstate(all="ignore"):
        for minimizer in np.asarray(objective.minimizers).T:
            away = (points.T - minimizer).T
            nearest = np.minimum(nearest, np.sqrt(total(away * away)))
    return nearest


def over_starts(values: Array, runs: int, share: float) -> Array:
    """A quantile over the starts of each run, as an order statistic (never interpolated).

    Args:
        values: One value per descent, `(..., B)` with B = runs x starts, all starts of a run next to each other.
        runs: Number of runs.
        share: The quantile, from 0 to 1; 0.5 is the lower median.

    Returns:
        One value per run, `(..., runs)`.

    >>> over_starts(np.array([1.0, 2.0, np.inf, 5.0, 4.0, 6.0]), 2, 0.5).tolist()
    [2.0, 5.0]
    """
    folded = values.reshape(*values.shape[:-1], runs, -1)
    kth = max(0, int(np.ceil(share * folded.shape[-1])) - 1)
    return np.partition(folded, kth, axis=-1)[..., kth]


def median_start(values: Array) -> int:
    """Index of the start that ends at the (lower) median of the final values `(S,)` of one run; NaN counts as worst.

    >>> median_start(np.array([3.0, np.nan, 1.0]))
    0
    """
    worst = np.where(np.isnan(values), np.inf, values)
    return int(np.argsort(worst, kind="stable")[(len(worst) + 1) // 2 - 1])


def scores_of(columns: Mapping[str, ArrayLike], score: str) -> Array:
    """The score of each run: log10 of its median gap, or its median number of steps. Lower is better.

    Args:
        columns: Columns of `runs.parquet`, `(runs,)`: `outcome`, `final_value`, and the one named by `score`.
        score: One of `rmsprop_lab.plan.scores.SCORES`.

    Returns:
        One score per run, `(runs,)`, never NaN: the final value if no minimum is known; +inf if the target is never
        reached, or the run diverged or failed.
    """
    chosen = np.asarray(columns[score], dtype=np.float64)
    found = chosen if score.startswith("steps_to") else log10_gap(chosen)
    found = np.where(np.isnan(chosen), np.asarray(columns["final_value"], dtype=np.float64), found)
    return np.where(np.asarray(columns["outcome"]) == "ok", found, np.inf)


def _median_curve(values: Array) -> Array:
    median = over_starts(np.where(np.isnan(values), np.inf, values), 1, 0.5)[..., 0]
    return np.where(np.isfinite(median), median, np.nan)


def thinned(length: int, most: int = 101) -> NDArray[np.int64]:
    """Chooses log-spaced iterations, the first and the last among them.

    Args:
        length: Number of iterations to choose from, `0` to `length - 1`.
        most: Largest number to choose.

    Returns:
        The chosen iterations, ascending; fewer than `most` where rounding makes some coincide.

    >>> thinned(1000, most=7).tolist()
    [0, 2, 9, 31, 99, 315, 999]
    """
    if length <= most:
        return np.arange(length)
    spaced = np.geomspace(1, length, most) - 1
    return np.unique(np.concatenate([[0], spaced.round().astype(np.int64), [length - 1]]))
