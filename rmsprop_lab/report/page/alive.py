"""What the page needs to compute runs itself: functions in JavaScript, and digests that recorded runs are held to."""

import zlib
from typing import Any

import numpy as np

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.descent import Trace
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.space import Space
from rmsprop_lab.report.page.sliders import sliders
from rmsprop_lab.report.translated import Translation, translation
from rmsprop_lab.translate.javascript import FUNCTIONS, descent

MOST_ITERATIONS = 10_000
"""Iterations of a run that the page computes."""
SEVERAL = "studies side by side are not computed again, each study's own report is live"


class Descents:
    """The functions of one page that compute descents, each written once.

    Args:
        why_none: Why the page computes nothing; empty if it does.
    """

    def __init__(self, why_none: str = "") -> None:
        self.functions: dict[str, int] = {}
        self._why_none = why_none
        self._known: dict[tuple[int, type], tuple[Objective | Optimizer, Translation]] = {}

    @property
    def script(self) -> str:
        """The functions as JavaScript: `DESCENTS`, by number, what they call, and the most iterations."""
        functions = ",\n".join(self.functions)
        return f"{FUNCTIONS}const MOST_ITERATIONS = {MOST_ITERATIONS};\nconst DESCENTS = [\n{functions}\n];\n"

    def of(self, objective: Objective, optimizer: Optimizer, n_iter: int) -> dict[str, Any]:
        """Which function computes a pair.

        Returns:
            `function`, its number, null where there is none; `why`, the reason then; `inexact`, the names of the
            operations that browsers may round otherwise.
        """
        if why := self._why_none or why_not(objective) or _too_long(n_iter):
            return {"function": None, "why": why, "inexact": []}
        both = [self._translated(part) for part in (objective, optimizer)]
        first, second = (one.program for one in both)
        if first is None or second is None:
            return {"function": None, "why": next(one.reason for one in both if one.reason), "inexact": []}
        number = self.functions.setdefault(descent(first, second), len(self.functions))
        inexact = dict.fromkeys(name for one in both for name in one.inexact)
        return {"function": number, "why": "", "inexact": list(inexact)}

    def _translated(self, part: Objective | Optimizer) -> Translation:
        key = (id(part), type(part))
        if key not in self._known:
            self._known[key] = part, translation(part)  # the part is kept, so that its id stays its own
        return self._known[key][1]


def alive(run: Run, trace: Trace, space: Space, descents: Descents, count: int) -> dict[str, Any]:
    """What the page needs to compute a run again, and to compare it with the recorded one.

    Args:
        run: The run.
        trace: What was recorded of it.
        space: The ranges of its optimizer's hyperparameters.
        descents: The functions of the page, to which its own is added.
        count: The number of starts that the page shows.

    Returns:
        What `Descents.of` says; `parameters`, see `sliders`; `starts`, a point each; `digests`, for each start those
        of the recorded points and values, null where not all iterations were recorded.
    """
    problem = run.problem
    shown = min(count, problem.points.shape[1]) if problem.objective.dim == 2 else 0
    whole = len(trace.iterations) == problem.n_iter + 1
    return {
        **descents.of(problem.objective, run.optimizer, problem.n_iter),
        "parameters": sliders(run.optimizer, space),
        "starts": problem.points[:, :shown].T.tolist(),
        "digests": [[digest(trace.points[:, :, s]), digest(trace.values[:, s])] for s in range(shown)]
        if whole
        else None,
    }


def digest(numbers: Array) -> int:
    """CRC-32 of the bits of all numbers, little-endian, C order; every NaN counts as the same one.

    >>> digest(np.array([1.0])) == digest(np.array([1.0 + 2**-52]))
    False
    """
    exact = np.where(np.isnan(numbers), np.nan, numbers).astype("<f8")
    return zlib.crc32(np.ascontiguousarray(exact).tobytes())


def why_not(objective: Objective) -> str:
    """Why the page computes no paths on an objective, whatever its code; empty if it may."""
    if objective.dim == 2:
        return ""
    dimensions = f"{objective.dim:,} dimension{'' if objective.dim == 1 else 's'}"
    return f"{type(objective).__name__} has {dimensions}, the page computes paths in two"


def _too_long(n_iter: int) -> str:
    most = f"{n_iter:,} iterations, the page computes at most {MOST_ITERATIONS:,}"
    return most if n_iter > MOST_ITERATIONS else ""
