"""The scores that a search can minimise, by their names in `search.score`."""

from collections.abc import Mapping

from rmsprop_lab.base import Objective
from rmsprop_lab.errors import Found, InputError

TARGETS = tuple(f"1e-{exponent}" for exponent in range(1, 8))
"""Shares of the gap at the start: `steps_to_1e-3` is the number of iterations until a thousandth of it is left."""

SCORES = {
    "mean_log10_gap": "log₁₀ of the gap relative to the first, from -8 to 0, as a mean over all iterations",
    "mean_value": "the value, as a mean over all iterations",
    "best_gap": "log₁₀ of the smallest gap relative to the first",
    "final_gap": "log₁₀ of the last gap relative to the first",
    **{
        f"steps_to_{share}": f"the iterations until {share} of the first gap is left, 2 n_iter if never"
        for share in TARGETS
    },
}
"""Each score in words. All are means over starts."""

DELTA = 0.2
"""The smallest difference of two scores that matters, in decades."""

MEASURES_VERSION = 2
"""Raise it when the definition of a measure changes. It is part of every cell's key, as a search that learned from
another score is another search, and a tag of every run in MLflow, whose numbers are then renewed."""


def default_score(objective: Objective) -> str:
    """The score of an objective if none is named: `mean_log10_gap`, or `mean_value` if no minimum is known."""
    return "mean_value" if objective.minimum is None else "mean_log10_gap"


def check_score(score: str, objectives: Mapping[str, Objective]) -> None:
    """Checks that every objective has a score that was named.

    Raises:
        InputError: An objective has no known minimum and the score needs one, or the score is `mean_value` and an
            objective has a minimum (key `search.score`).
    """
    for name, objective in objectives.items():
        if (score == "mean_value") != (objective.minimum is None):
            known = objective.minimum is not None
            valid = f"null or any but {score}" if known else "null or mean_value"
            expected = f"{valid}, as {name} states {'a' if known else 'no'} minimum"
            change = "With null every objective has the score that it can have."
            raise InputError("search.score", expected, Found(score), change)
