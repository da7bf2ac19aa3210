"""How often a target was reached, how sure that share is, and what reaching it costs."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rmsprop_lab.base import Array
from rmsprop_lab.compare.runtimes import runtimes
from rmsprop_lab.compare.trial_order import LABELS
from rmsprop_lab.errors import InputError
from rmsprop_lab.plan.scores import TARGETS

TARGET = "1e-3"
"""A start succeeds when this share of its first gap is left."""


def wilson(successes: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Wilson's score interval of a share p = successes / n.

    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n), where z is the normal quantile (Wilson 1927, *Probable
    inference, the law of succession, and statistical inference*, JASA 22). It holds for shares of 0 and 1 too.

    Args:
        successes: Numbers of successes, `(...)`.
        trials: Numbers of trials n, `(...)`.
        level: How often such an interval holds the true share.

    Returns:
        Its two ends, `(...)` each; NaN without trials.

    >>> low, high = wilson([0, 15], [20, 148])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0, 0.0624], [0.1611, 0.1605])
    """
    from scipy.special import ndtri

    won, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    z = float(ndtri(0.5 + level / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        share, weight = won / n, 1 + z * z / n
        middle = (share + z * z / (2 * n)) / weight
        half = z / weight * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return np.where(won == 0, 0.0 * share, middle - half), np.where(won == n, share, middle + half)


def success_table(starts: pd.DataFrame, target: str | float = TARGET) -> pd.DataFrame:
    """How many of its fresh starts, over all repeats, each optimizer brings to a target, and at what cost.

    The expected running time is ERT = evaluations of all starts until the target, or until the end for those that
    never reach it, divided by the number of those that do (Hansen et al. 2021, *COCO: a platform for comparing
    continuous optimizers in a black-box setting*, section 4; Auger & Hansen 2005).

    Args:
        starts: The table of `start_rows`.
        target: One of `rmsprop_lab.plan.scores.TARGETS`: the share of its first gap that a start comes down to. Or a
            gap (a value where no minimum is known): then `starts` has the iterations until it as `steps_to_target`.

    Returns:
        One row per objective and optimizer: `starts`; `starts_lost`, those that diverged; `success`, the share that
        reaches the target, and its 95 % interval, `success_low` and `success_high`; `success_target`; `ert` in
        evaluations, +inf if none reaches it. Both are NaN for a share of the gap where no minimum is known. A lost
        start is none that succeeds, and costs as many evaluations as a whole run.

    Raises:
        InputError: There is no such target.

    >>> starts = pd.DataFrame({"outcome": ["ok", "ok", "diverged"], "steps_to_1e-3": [4.0, np.inf, np.inf]})
    >>> starts = starts.assign(objective="bowl", optimizer="gd", n_iter=10, evaluations=10)
    >>> success_table(starts)[["starts", "starts_lost", "success", "ert"]].round(3).to_dict("records")
    [{'starts': 3, 'starts_lost': 1, 'success': 0.333, 'ert': 24.0}]
    """
    if isinstance(target, str) and target not in TARGETS:
        raise InputError("target", f"a number > 0, or one of {', '.join(TARGETS)}", target)
    until = runtimes(starts, [target if isinstance(target, str) else "target"])[:, 0]
    given = starts[LABELS].assign(
        lost=starts["outcome"] != "ok",
        reached=np.where(np.isnan(until), np.nan, np.isfinite(until)),
        spent=np.minimum(until, starts["evaluations"]),
    )
    groups = given.groupby(LABELS, sort=False)
    table = groups.agg(starts=("lost", "size"), starts_lost=("lost", "sum")).reset_index()
    won = groups["reached"].sum(min_count=1).to_numpy(dtype=np.float64)
    count = table["starts"].to_numpy(dtype=np.float64)
    low, high = wilson(won, count)
    with np.errstate(divide="ignore"):
        ert = groups["spent"].sum(min_count=1).to_numpy(dtype=np.float64) / won
    return table.assign(
        success=won / count, success_low=low, success_high=high, success_target=target_in_words(target), ert=ert
    )


def target_in_words(target: str | float) -> str:
    """What the column `success_target` says.

    >>> target_in_words("1e-3"), target_in_words(5e-6)
    ('1e-3', 'below 5e-06')
    """
    return target if isinstance(target, str) else f"below {target:g}"
