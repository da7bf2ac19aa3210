"""Which of two optimizers is better on an objective: the rules 4 and 5."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rmsprop_lab.base import Array
from rmsprop_lab.base.checks import positive
from rmsprop_lab.compare.holm import holm
from rmsprop_lab.compare.repeats import IN_DECADES, as_array, names_in
from rmsprop_lab.compare.student import Student
from rmsprop_lab.plan.scores import DELTA

LEVEL = 0.05
"""The chance of calling one of equal optimizers better, on an objective."""
FEWEST_REPEATS = 5
"""With fewer repeats nothing is said: rule 7."""
_ROUNDING = 1e-12  # a smaller difference, as a share of the scores, is the arithmetic's
COLUMNS = [
    *("objective", "better", "worse", "relation", "probability", "difference", "difference_low", "difference_high"),
    *("p_value", "p_holm", "repeats"),
]


def pair_table(
    scores: pd.DataFrame, starts: pd.DataFrame, delta: float = DELTA, fewest: int = FEWEST_REPEATS
) -> pd.DataFrame:
    """Compares each pair of optimizers on each objective: `tables/pairs.csv`.

    One is `better` if Student's t over the differences of the repeats' scores, each from the same fresh starts, has
    p ≤ 0.05 after Holm over the objective's pairs, and the mean difference is at least `delta`. Two are `equal` if the
    90 % interval of the mean difference lies inside ±delta, which is Schuirmann's two one-sided tests (1987, J.
    Pharmacokinet. Biopharm. 15). All else is `unknown`. A score that is not in decades has no delta: the test alone
    decides, and nothing is `equal`.

    Args:
        scores: The table of `repeat_scores`.
        starts: The table of `start_rows`.
        delta: The smallest difference that matters, in decades.
        fewest: With fewer repeats a relation is `unknown`.

    Returns:
        One row per objective and pair: `objective`; `better` and `worse`, the optimizer with the lower and the higher
        mean score; `relation`; `probability`, the share of fresh starts from which `better` does better, ties counting
        half; `difference` of the mean scores, at least 0, and its 95 % interval, `difference_low` and
        `difference_high`; `p_value` and `p_holm`; `repeats`, the number that both have. What two repeats are needed
        for is NaN with one; all of it is, if an optimizer failed in a repeat.

    Raises:
        InputError: `delta` is not above 0.

    >>> names = ["gd", "adam"] * 5
    >>> scores = pd.DataFrame({"optimizer": names, "repeat": np.repeat(range(5), 2), "score": [-2.0, -3.5] * 5})
    >>> scores = scores.assign(objective="bowl", score_name="mean_log10_gap")
    >>> table = pair_table(scores, scores.assign(start=0, mean_log10_gap=scores["score"]))
    >>> table[["better", "worse", "relation", "probability", "difference"]].to_dict("records")
    [{'better': 'adam', 'worse': 'gd', 'relation': 'better', 'probability': 1.0, 'difference': 1.5}]
    """
    delta = positive(delta, "delta")
    objectives, optimizers = names_in(scores, "objective"), names_in(scores, "optimizer")
    axes = (objectives, optimizers, sorted(scores["repeat"].unique()))
    values = as_array(scores, scores["score"].to_numpy(float), axes, ("objective", "optimizer", "repeat"))
    first, second = np.triu_indices(len(optimizers), 1)
    one, other = values[:, first], values[:, second]
    t = Student.of(_differences(one, other))
    name_of = dict(zip(scores["objective"], scores["score_name"], strict=True))
    decades = np.isin([name_of[name] for name in objectives], IN_DECADES)[:, None]
    p_holm = holm(t.p_value)
    turned = (t.mean < 0) | (np.isposinf(one).any(axis=-1) & ~np.isposinf(other).any(axis=-1))
    low, high = t.interval()
    probability = _probability(starts, name_of, axes)
    columns: dict[str, Any] = {
        "better": np.where(turned, np.array(optimizers)[second], np.array(optimizers)[first]),
        "worse": np.where(turned, np.array(optimizers)[first], np.array(optimizers)[second]),
        "relation": _relations(t, p_holm, np.where(decades, delta, np.nan), fewest),
        "probability": np.where(turned, 1 - probability, probability),
        "difference": np.abs(t.mean),
        "difference_low": np.where(turned, -high, low),
        "difference_high": np.where(turned, -low, high),
        "p_value": t.p_value,
        "p_holm": p_holm,
        "repeats": np.count_nonzero(~np.isnan(one) & ~np.isnan(other), axis=-1),
    }
    table = pd.DataFrame({name: column.ravel() for name, column in columns.items()})
    table.insert(0, "objective", np.repeat(objectives, len(first)))
    repeats = np.asarray((~np.isnan(values)).sum(axis=-1))  # none where an optimizer is not on an objective
    both = np.flatnonzero(np.minimum(repeats[:, first], repeats[:, second]))
    return table[COLUMNS].iloc[both].reset_index(drop=True)


def _differences(one: Array, other: Array) -> Array:
    """How much lower the first scores are, `(..., repeats)`; NaN for a whole pair of which one failed in a repeat."""
    with np.errstate(invalid="ignore", over="ignore"):
        differences = other - one
        rounding = np.abs(differences) <= _ROUNDING * np.maximum(np.abs(one), np.abs(other))
    failed = np.isinf(differences) | (np.isinf(one) & np.isinf(other))
    return np.where(failed.any(axis=-1, keepdims=True), np.nan, np.where(rounding, 0.0, differences))


def _relations(t: Student, p_holm: Array, delta: Array, fewest: int) -> NDArray[np.str_]:
    """The relation of each pair; `delta` is NaN for scores that have none."""
    low, high = t.interval(1 - 2 * LEVEL)
    enough = t.count >= fewest
    matters = np.isnan(delta) | (np.abs(t.mean) >= delta)
    better = enough & (p_holm <= LEVEL) & matters
    equal = enough & (low > -delta) & (high < delta)
    return np.select([better, equal], ["better", "equal"], "unknown")


def _probability(starts: pd.DataFrame, name_of: dict[str, str], axes: tuple[list[str], list[str], list[int]]) -> Array:
    """The share of starts from which the first of each pair does better, `(objectives, pairs)`; ties count half."""
    first, second = np.triu_indices(len(axes[1]), 1)
    shares = np.full((len(axes[0]), len(first)), np.nan)
    needed = starts[list(dict.fromkeys(["objective", "optimizer", "repeat", "start", *name_of.values()]))]
    of = dict(iter(needed.groupby("objective", sort=False)))
    for row, objective in enumerate(axes[0]):
        here = of.get(objective, needed[:0])
        places = (axes[1], axes[2], sorted(here["start"].unique()))
        measures = as_array(here, here[name_of[objective]].to_numpy(float), places, ("optimizer", "repeat", "start"))
        measures = measures.reshape(len(places[0]), len(places[1]) * len(places[2]))
        one, other = measures[first], measures[second]
        both = (~np.isnan(one) & ~np.isnan(other)).sum(axis=1)
        won = (one < other).sum(axis=1) + 0.5 * (one == other).sum(axis=1)
        shares[row] = won / np.where(both > 0, both, np.nan)
    return shares
