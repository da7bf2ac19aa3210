"""Whether an evaluation begins where no search began, as tables and captions say."""

from collections.abc import Iterable

import numpy as np

from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.problem import Problem


def check_unseen(searched: Iterable[Problem], fresh: Problem) -> None:
    """Checks that no start of an evaluation is one of a search.

    Args:
        searched: An objective's problems, one for each repeat.
        fresh: The problem of an evaluation on that objective.

    Raises:
        InputError: Starts that are in both, or that do not fit the objective (key `evaluation`).
    """
    seen = set[bytes]().union(*map(_rows, searched))
    try:
        both = _rows(fresh) & seen
    except InputError as error:
        raise error.under("evaluation") from None
    if both:
        found = Found(f"{len(both)} that are among those of the search on {fresh.name}")
        change = "Draw others: Starts('fresh', count=32)."
        if fresh.starts.method == "fresh":
            change = "Leave starts.method at uniform, or choose another evaluation.seed."
        raise InputError("evaluation", "starts that no search sees", found, change)


def _rows(problem: Problem) -> set[bytes]:
    """The starts of a problem, each as the bytes of its coordinates."""
    return {start.tobytes() for start in np.ascontiguousarray(problem.points.T) + 0.0}  # -0.0 is 0.0
