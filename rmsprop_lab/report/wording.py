"""Words numbers, settings and outcomes for titles, tables, notes and the terminal."""

import math
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from rmsprop_lab.base import Array, tuned_fields
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.scores import SCORES
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.study import Study

SHORT_KEY = 12
"""Digits of a run key that tell the runs of a study apart."""
_MOST_ROWS = 3  # of different bounds


def counted(number: int, what: str, digits: str = "d") -> str:
    """A number of things, in the singular where it is 1.

    >>> counted(1, "run"), counted(1200, "run", ","), counted(0, "search")
    ('1 run', '1,200 runs', '0 searches')
    """
    ending = "" if number == 1 else "es" if what.endswith(("s", "ch")) else "s"
    return f"{number:{digits}} {what}{ending}"


def settings_in_words(run: Run) -> str:
    """The hyperparameters of a run that are usually tuned, as in `step_size 0.01, rho 0.99`."""
    return pairs_in_words(tuned_fields(run.optimizer))


def rerun_line(study: str, run_key: str) -> str:
    """The command that computes a run of a study again.

    >>> rerun_line("compare", 64 * "a")
    'rmsprop-lab task=rerun name=compare run_key=aaaaaaaaaaaa'
    """
    return shlex.join(["rmsprop-lab", "task=rerun", f"name={study}", f"run_key={run_key[:SHORT_KEY]}"])


def pairs_in_words(settings: Mapping[str, Any]) -> str:
    """Hyperparameters by name.

    >>> pairs_in_words({"step_size": 0.01, "rho": 0.99})
    'step_size 0.01, rho 0.99'
    """
    return ", ".join(f"{name} {value_in_words(value)}" for name, value in settings.items())


def value_in_words(value: float, digits: int = 4) -> str:
    """A hyperparameter's value in a few digits; in more digits if it would be rounded to 1.

    >>> value_in_words(0.123456), value_in_words(0.99999), value_in_words(True)
    ('0.1235', '0.99999', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    while f"{value:.{digits}g}" == "1" and value != 1:
        digits += 1
    return f"{value:.{digits}g}"


def range_in_words(span: Range) -> str:
    """The range of a hyperparameter.

    >>> range_in_words(Range(1e-4, 1.0, "log", points=9)), range_in_words(Range(values=(True, False)))
    ('0.0001 to 1, log, 9 points', 'true, false')
    >>> range_in_words(Range(0.9, 0.999, "log_complement", points=3, when={"centered": (True,)}))
    '0.9 to 0.999, log_complement, 3 points, where centered is true'
    """
    if span.values is not None:
        text = ", ".join(map(value_in_words, span.values))
    else:
        text = f"{span.low:g} to {span.high:g}, {span.scale}, {counted(span.points, 'point')}"
    conditions = [f"{name} is {' or '.join(map(value_in_words, among))}" for name, among in (span.when or {}).items()]
    return f"{text}, where {' and '.join(conditions)}" if conditions else text


def bounds_in_words(bounds: Array) -> str:
    """The bounds of an objective, `(d, 2)`, once if they are the same for every coordinate.

    >>> bounds_in_words([[-5, 5], [-5, 5]]), bounds_in_words([[-5, 10], [0, 15]])
    ('±5', '-5 to 10, 0 to 15')
    """
    rows = list(dict.fromkeys(f"±{high:.3g}" if low == -high else f"{low:.3g} to {high:.3g}" for low, high in bounds))
    return ", ".join(rows if len(rows) <= _MOST_ROWS else [*rows[:_MOST_ROWS], "..."])


def cell_in_words(value: Any) -> str:
    """A number in a table: empty for None or NaN, `never` for infinity."""
    if value is None or pd.isna(value):
        return ""
    return "never" if value == math.inf else f"{value:.4g}" if isinstance(value, float) else str(value)


def gap_in_words(gap: Any, floor: float, decimals: int = 1) -> str:
    """log10 of a gap; empty for NaN or None, which means that no minimum is known.

    Args:
        gap: The gap.
        floor: The smallest gap that can be told from 0.
        decimals: Number of decimals.

    >>> gap_in_words(4e-4, 1e-16), gap_in_words(1e-16, 1e-16)
    ('-3.4', '≤-16.0')
    """
    if gap is None or math.isnan(gap):
        return ""
    return f"{'≤' if gap <= floor else ''}{math.log10(gap):.{decimals}f}" if math.isfinite(gap) else "lost"


def score_in_words(value: float | None, score: str, digits: int = 3) -> str:
    """A score in a table: `failed` for infinity, empty for none; a value in so many digits.

    >>> score_in_words(-3.456, "mean_log10_gap"), score_in_words(12.5, "steps_to_1e-3")
    ('-3.46', '12.5')
    """
    if value is None or math.isnan(value):
        return ""
    if math.isinf(value):
        return "failed"
    if score.startswith("steps_to"):
        return f"{value:.1f}"
    return f"{value:.{digits}g}" if score == "mean_value" else f"{value:.2f}"


def starts_in_words(count: int) -> str:
    """A number of starts: `1 start`, `5 starts`."""
    return "1 start" if count == 1 else f"{count} starts"


def score_name(score: str) -> str:
    """The short name of a score for an axis.

    >>> score_name("mean_log10_gap"), score_name("final_gap"), score_name("steps_to_1e-3")
    ('mean log₁₀ gap', 'log₁₀ relative final gap', 'mean steps to 1e-3')
    """
    if score.startswith("steps_to_"):
        return f"mean steps to {score.removeprefix('steps_to_')}"
    if score in ("best_gap", "final_gap"):
        return f"log₁₀ relative {score.replace('_', ' ')}"
    return score.replace("_", " ").replace("log10", "log₁₀")


def score_told(study: Study) -> str:
    """The score of a study in a sentence; the score of each objective, if they have different ones."""
    scores = study.scores
    if len(scores) == 1:
        return f"Score: {SCORES[scores[0]]}, mean over starts; lower is better."
    without = ", ".join(name for name in study.objectives if study.score_on(name) == "mean_value")
    return (
        f"Score: {SCORES['mean_log10_gap']}; on {without}, whose minimum is unknown, {SCORES['mean_value']}; mean over "
        "starts; lower is better."
    )


def repeats_told(study: Study) -> str:
    """The number of repeats after a comma, and which starts stay in all of them; empty for one repeat."""
    if study.search.repeats == 1:
        return ""
    stay = "" if "starts" in study.redrawn else f" (the {study.starts.method} starts stay)"
    return f", {counted(study.search.repeats, 'repeat')}{stay}"


def share_in_words(shown: Iterable[object], count: int) -> str:
    """The part of the objectives that a figure shows, as in ` (4 of 6 objectives)`; empty if it shows all."""
    few = len(list(shown))
    return "" if few == count else f" ({few} of {count} objectives)"


def picture_title(run: Run, row: Mapping[str, Any]) -> str:
    """The title of a run's contour plot, in two lines."""
    return f"{run_in_words(run)}\n{ended_in_words(row)}"


def run_in_words(run: Run) -> str:
    """A run's objective, optimizer and tuned hyperparameters."""
    return f"{run.problem.name}: {run.optimizer_name}, {settings_in_words(run)}"


def ended_in_words(row: Mapping[str, Any]) -> str:
    """The final value of a run, or the number of its starts that diverged; and its number of starts."""
    count = row["starts"]
    starts = starts_in_words(count) + (", the median one bold" if count > 1 else "")
    if row["diverged"]:
        ended = f"{row['diverged']} of {count} diverged, first at iteration {row['first_bad_iteration']:.0f}"
    else:
        ended = f"f = {row['final_value']:.3g} after {row['n_iter']} iterations"
    return f"{ended} ({starts})"


def duration_in_words(seconds: float) -> str:
    """A duration in seconds, minutes or hours.

    >>> duration_in_words(42), duration_in_words(600), duration_in_words(9000)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
