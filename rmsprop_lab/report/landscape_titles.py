"""Titles of landscapes: from how many starts, how good the best point is, and how much of the map is as good."""

import numpy as np

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.evaluation.basins import Basins
from rmsprop_lab.evaluation.maps import HyperparameterMap
from rmsprop_lab.report.wording import gap_in_words, pairs_in_words, starts_in_words

MEASURES = {"log10_gap": "log₁₀ gap", "value": "value"}
"""The measures of landscapes in words."""


def map_title(found: HyperparameterMap) -> str:
    """The title of a map, in two to four lines."""
    problem = found.cell.problem
    count = problem.points.shape[1]
    starts = "from 1 start" if count == 1 else f"medians over {starts_in_words(count)}"
    first = f"{problem.name}: {found.cell.optimizer_name} after {problem.n_iter} iterations, {starts}"
    return "\n".join(filter(None, [first, _best_told(found), _shares_told(found)]))


def basins_title(found: Basins) -> str:
    """The title of basins, in two lines."""
    problem = found.cell.problem
    reached = f"{share_in_words((found.reached >= 0).mean())} of {found.reached.size:,} starts reach a minimizer"
    words = pairs_in_words(tuned_fields(found.cell.optimizer))
    return f"{problem.name}: {found.cell.optimizer_name}, {words}\n{reached} in {problem.n_iter} iterations"


def share_in_words(share: float) -> str:
    """A share in percent, where only nothing is 0% and only all is 100%.

    >>> share_in_words(0.0), share_in_words(0.001), share_in_words(0.123), share_in_words(0.9999)
    ('0%', '<1%', '12%', '>99%')
    """
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _best_told(found: HyperparameterMap) -> str:
    """Where the best point is, what it reached on the map and what it reaches from fresh starts."""
    if found.at is None:
        return "all of the map diverged"
    words = pairs_in_words({name: found.best[name] for name in found.names})
    count, fresh = found.cell.problem.points.shape[1], len(found.fresh)
    here = "from 1 start" if count == 1 else f"as the median of {starts_in_words(count)}"
    there = "from 1 fresh start" if fresh == 1 else f"as the median of {fresh} fresh starts"
    what = f"{MEASURES[found.measure]} {_score(found.lowest, found)} {here}, {_score(found.confirmed, found)} {there}"
    return f"{'best' if found.at.tied == 1 else 'star at'} {words}:\n{what}"


def _shares_told(found: HyperparameterMap) -> str:
    """How much of the map is as good as the best point, and how much diverged; empty if nothing is to be told."""
    lost = f"{share_in_words(found.lost)} of it diverged" if found.lost else ""
    if found.at is None:
        return ""
    if found.at.tied == 1:
        return lost.replace("it", "the map")
    share = found.at.tied / found.scores.size
    some = f"{share_in_words(share)} of the map is" if share >= 0.005 else f"{found.at.tied} points of the map are"
    equal = "at the floor" if found.lowest <= found.floor else "equally low"
    star = "in the middle of the largest such square" if found.at.side > 1 else "at one of these points"
    return "; ".join(filter(None, [f"{some} {equal}, the star {star}", lost]))


def _score(score: float, found: HyperparameterMap) -> str:
    if np.isinf(score):
        return "lost"
    if found.measure == "value":
        return f"{score:.3g}"
    return gap_in_words(float(np.power(10.0, score)), float(np.power(10.0, found.floor)))
