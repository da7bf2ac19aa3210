"""What the page shows of each judged run: its paths, its gaps over the iterations, its effective step sizes."""

from typing import Any

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.descent import Trace
from rmsprop_lab.errors import raised
from rmsprop_lab.evaluation.curves import spread
from rmsprop_lab.evaluation.gaps import gap, log10_gap
from rmsprop_lab.evaluation.quantiles import median_start, quartiles
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plots.paths import in_plane
from rmsprop_lab.report.page.effective import effective_steps
from rmsprop_lab.report.page.packing import packed

RACED = 8  # starts of each run
_MOST = 301  # iterations of a path or curve


def track(run: Run, trace: Trace) -> dict[str, Any]:
    """The paths, curves and effective step sizes of a run.

    Args:
        run: The run.
        trace: All its starts, T iterations.

    Returns:
        `iterations` `(T,)`; `paths` `(T, 2, 8)` in the plane, NaN from the first bad iteration on; `heights` `(T, 8)`
        and `quartiles` `(3, T)` over all starts: log10 of the gap, or the value if no minimum is known; `lost`: for
        each path its first bad iteration, or -1; `starts`: their number; `diverged`: how many of all; `median`: the
        start that ends at the median; `steps`: see `effective_steps`, or null.
    """
    kept = spread(len(trace.iterations), _MOST)
    heights = _heights(trace, run)
    bad = trace.diverged & (trace.iterations[:, None] >= trace.first_bad)
    paths = np.where(bad[:, None, :], np.nan, in_plane(trace.points, run.problem.objective))
    median = median_start(np.where(trace.diverged, np.inf, trace.values[-1]))
    return {
        "iterations": packed(trace.iterations[kept], "int32"),
        "paths": packed(paths[kept, :, :RACED]),
        "heights": packed(np.where(bad, np.nan, heights)[kept, :RACED]),
        "quartiles": packed(quartiles(heights, trace.diverged)[:, kept]),
        "lost": trace.first_bad[:RACED].tolist(),
        "starts": int(trace.values.shape[1]),
        "diverged": int(trace.diverged.sum()),
        "median": median,
        "steps": _steps(run, median),
    }


def _heights(trace: Trace, run: Run) -> Array:
    objective = run.problem.objective
    return trace.values if objective.minimum is None else log10_gap(gap(trace.values, objective))


def _steps(run: Run, start: int) -> dict[str, Any] | None:
    try:
        iterations, steps = effective_steps(run, start)
    except BaseException as error:  # of the user's code, which the trace on disk does not need
        raised(error)
        return None
    return {"iterations": packed(iterations, "int32"), "sizes": packed(steps.T)}
