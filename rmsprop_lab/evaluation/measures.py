"""Computes the measures of each start and of each run, from descents that arrive segment by segment."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.gaps import gap, gap_floor
from rmsprop_lab.evaluation.mean_gap import DECADES, MeanLog10Gap
from rmsprop_lab.evaluation.minimizers import distance, reached
from rmsprop_lab.evaluation.quantiles import QUARTILES, over_starts
from rmsprop_lab.plan.scores import TARGETS

STEPS = tuple(f"steps_to_{target}" for target in TARGETS)
SPREAD = ("final_value", "final_gap", "best_gap", *STEPS, "gradient_norm", "distance")
"""Measures with one value per start. A run has their median under this name, and quartiles under `_q25`, `_q75`."""

MEANS = {
    "mean_log10_gap": "mean_log10_gap",
    "mean_value": "mean_value",
    "final_gap": "mean_log10_final_gap",
    "best_gap": "mean_log10_best_gap",
    **{steps: f"mean_{steps}" for steps in STEPS},
}
"""The column of a run that holds each score: a mean over starts."""


class Progress:
    """Computes the measures of descents segment by segment, bit-equal to those of the whole trace.

    A trace holds B = runs x starts descents, all starts of a run next to each other. The measures of a start, with
    gap = max(value - minimum, `gap_floor`):

    - `final_value`, `final_gap`, `gradient_norm`: at the last iteration;
    - `best_gap`: the smallest gap of all iterations;
    - `mean_log10_gap`: the mean over the iterations of log10(gap / first gap), clipped to [-8, 0];
    - `mean_value`: the mean of the value over the iterations, only if no minimum is known;
    - `steps_to_tau`: the first iteration with f(x) - f* <= tau (f(x0) - f*) (Moré & Wild 2009, eq. 2.2);
    - `distance`: Euclidean distance from the last point to the nearest minimizer;
    - `minimizer`: the column in `Objective.minimizers` that the last point has reached, -1 for none;
    - `evaluations`: number of gradients, or of values if the gradient is by central differences.

    A start that diverged is lost. It scores as if it had not moved: `mean_log10_gap` is 0, `mean_value` is its first
    value. Its other measures are +inf, its minimizer is -1.

    Args:
        objective: The objective of all descents.
        n_iter: Their number of iterations.
    """

    def __init__(self, objective: Objective, n_iter: int) -> None:
        self._objective, self._n_iter = objective, n_iter
        self._targets: list[Array] = []
        self._value = np.empty(0)

    def add(self, trace: Trace) -> None:
        """Adds the next segment. Its `first_bad` must count from the first iteration of the first segment."""
        if self._objective.minimum is None:
            self._add_values(trace.values)
        else:
            self._add_gaps(gap(trace.values, self._objective), trace)
        self._last = trace.at(np.array([len(trace.values) - 1]))

    def _add_values(self, values: Array) -> None:
        with np.errstate(all="ignore"):
            shares = values / (self._n_iter + 1)
            if not self._value.size:
                self._first = values[0].copy()
            else:
                shares[0] += self._value
            self._value = np.add.accumulate(shares)[-1]  # in the order of the iterations, whatever the segments

    def _add_gaps(self, gaps: Array, trace: Trace) -> None:
        if not self._targets:
            floor = gap_floor(self._objective)
            self._targets = [np.maximum(float(target) * gaps[0], floor) for target in TARGETS]
            self._steps = [np.full(gaps.shape[1], np.inf) for _ in TARGETS]
            self._best, self._first = np.full(gaps.shape[1], np.inf), gaps[0].copy()
            self._mean = MeanLog10Gap(self._first, floor)
        self._mean.add(gaps)
        gaps[0] = np.minimum(gaps[0], self._best)
        lowest = np.minimum.accumulate(gaps, out=gaps)
        for steps, target in zip(self._steps, self._targets, strict=True):
            new = np.isinf(steps) & (lowest[-1] <= target)
            if new.any():
                before = np.count_nonzero(lowest[:, new] > target[new], axis=0)
                steps[new] = trace.iterations[before]
        self._best = lowest[-1].copy()

    @cached_property
    def starts(self) -> dict[str, Array]:
        """The measures of each start, `(B,)`, by name; NaN where they need an unknown minimum or minimizer."""
        last, objective, lost = self._last, self._objective, self._last.diverged
        unknown = np.full(len(lost), np.nan)
        known = objective.minimum is not None
        minimizers = objective.minimizers is not None
        return {
            "final_value": _worst(last.values[0], lost),
            "final_gap": _worst(gap(last.values[0], objective), lost) if known else unknown,
            "best_gap": _worst(self._best, lost) if known else unknown,
            "mean_log10_gap": np.where(lost, 0.0, self._mean.result()) if known else unknown,
            "mean_value": unknown if known else np.where(lost, self._first, self._value),
            **{name: _worst(self._steps[index], lost) if known else unknown for index, name in enumerate(STEPS)},
            "gradient_norm": _worst(last.gradient_norms[0], lost),
            "distance": _worst(distance(last.points[0], objective), lost) if minimizers else unknown,
            "minimizer": _minimizer(last, objective) if minimizers else unknown,
            "first_bad_iteration": np.where(lost, last.first_bad, np.nan),
        }

    def columns(self, runs: int) -> dict[str, Array]:
        """The measures of each run, as columns of `runs.parquet`: quantiles and means over its starts.

        Args:
            runs: Number of runs.

        Returns:
            One value per run, `(runs,)`, by column name; see `QUARTILES` and `MEANS`.
        """
        starts = self.starts
        numbers = np.array([starts[name] for name in SPREAD])
        quartiles = {suffix: over_starts(numbers, runs, share) for suffix, share in QUARTILES.items()}
        columns = {name + suffix: quartiles[suffix][row] for row, name in enumerate(SPREAD) for suffix in QUARTILES}
        columns |= {column: _mean(self._score(score), runs) for score, column in MEANS.items()}
        columns["gap_floor"] = np.full(runs, gap_floor(self._objective))
        columns["diverged"] = self._last.diverged.reshape(runs, -1).sum(axis=1)
        first_bad = starts["first_bad_iteration"].reshape(runs, -1)
        columns["first_bad_iteration"] = _least(first_bad)
        columns["evaluations"] = np.full(runs, self._evaluations)
        return columns

    @property
    def _evaluations(self) -> int:
        return int(self._last.iterations[0]) * self._objective.evaluations_per_gradient

    def _score(self, score: str) -> Array:
        """A score of each start, `(B,)`: finite for a lost start too."""
        measure = self.starts[score]
        if score in STEPS:  # never counts as twice as many as there are
            return np.where(np.isinf(measure), 2.0 * self._n_iter, measure)
        if score not in ("final_gap", "best_gap") or self._objective.minimum is None:
            return measure
        with np.errstate(all="ignore"):
            decades = np.clip(np.log10(measure / self._first), -DECADES, 0.0)
        at_minimum = (self._first <= gap_floor(self._objective)) & np.isfinite(measure)
        return np.where(at_minimum, -DECADES, decades)


def _minimizer(last: Trace, objective: Objective) -> Array:
    return np.where(last.diverged, -1, reached(last.points[0], objective)).astype(np.float64)


def _worst(measure: Array, lost: NDArray[np.bool_]) -> Array:
    return np.where(lost | np.isnan(measure), np.inf, measure)


def _mean(score: Array, runs: int) -> Array:
    """The mean over the starts of each run, `(runs,)`, the same bits however many runs there are."""
    folded = np.ascontiguousarray(score.reshape(runs, -1).T)
    mean: Array = np.add.accumulate(folded / len(folded))[-1]
    return mean


def _least(numbers: Array) -> Array:
    """The lowest of each row that is not NaN; NaN if there is none."""
    least: Array = np.fmin.reduce(numbers, axis=1)
    return least
