"""How numbers, settings and outcomes are put into words: in titles, tables, notes and the terminal."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.evaluation.measures import LOG10_FLOOR, log10_gap
from rmsprop_lab.plan.run import Run


def settings_in_words(run: Run) -> str:
    """The hyperparameters that people tune, as in `step_size 0.01, rho 0.99`."""
    return pairs_in_words(tuned_fields(run.optimizer))


def pairs_in_words(settings: Mapping[str, Any]) -> str:
    """Hyperparameters by name, as in `step_size 0.01, rho 0.99`."""
    return ", ".join(f"{name} {value_in_words(value)}" for name, value in settings.items())


def value_in_words(value: float, digits: int = 4) -> str:
    """A hyperparameter's value in a few digits, more where it would read as 1 without being it; flags in words."""
    if isinstance(value, bool):
        return str(value).lower()
    while f"{value:.{digits}g}" == "1" and value != 1:
        digits += 1
    return f"{value:.{digits}g}"


def cell_in_words(value: Any) -> str:
    """A number of any kind in a table: empty for none, `never` for infinity."""
    if value is None or pd.isna(value):
        return ""
    return "never" if value == math.inf else f"{value:.4g}" if isinstance(value, float) else str(value)


def gap_in_words(gap: Any, decimals: int = 1) -> str:
    """log10 of a gap, as in `-3.4`; `≤-16` where the rest is rounding; empty where no minimum is known."""
    if gap is None or math.isnan(gap):
        return ""
    return log10_in_words(float(log10_gap(gap)), decimals)


def log10_in_words(exponent: float, decimals: int = 1) -> str:
    return f"≤{exponent:.0f}" if exponent <= LOG10_FLOOR else f"{exponent:.{decimals}f}"


def steps_in_words(steps: Any) -> str:
    """A number of iterations, `never` for infinity, empty where no minimum is known."""
    return "never" if math.isinf(steps) else "" if math.isnan(steps) else f"{steps:.0f}"


def score_in_words(value: float | None, score: str) -> str:
    """The value of a score in a table: log10 of a gap or a number of iterations; `lost` or `never` for infinity."""
    if value is None or math.isnan(value):
        return ""
    if score.startswith("steps_to"):
        return steps_in_words(value)
    return "lost" if math.isinf(value) else log10_in_words(value)


def starts_in_words(count: int) -> str:
    return "1 start" if count == 1 else f"{count} starts"


def score_name(score: str) -> str:
    """What a search minimises, as short as an axis needs it."""
    if score.startswith("steps_to_"):
        return f"steps to {score.removeprefix('steps_to_')}"
    return f"log₁₀ {score.replace('_', ' ')}"


def share_in_words(shown: Iterable[object], count: int) -> str:
    """Which part of the objectives a figure shows, where it is not all; begins with a space."""
    few = len(list(shown))
    return "" if few == count else f" ({few} of {count} objectives)"


def picture_title(run: Run, row: Mapping[str, Any]) -> str:
    """Two lines for a run's contour plot."""
    return f"{run_in_words(run)}\n{ended_in_words(row)}"


def run_in_words(run: Run) -> str:
    """Objective, optimizer and settings."""
    return f"{run.problem.name}: {run.optimizer_name}, {settings_in_words(run)}"


def ended_in_words(row: Mapping[str, Any]) -> str:
    """The value that a run reached, or how much of it diverged, and from how many starts."""
    count = row["starts"]
    starts = starts_in_words(count) + (", the median one bold" if count > 1 else "")
    if row["diverged"]:
        ended = f"{row['diverged']} of {count} diverged, first at iteration {row['first_bad_iteration']:.0f}"
    else:
        ended = f"f = {row['final_value']:.3g} after {row['n_iter']} iterations"
    return f"{ended} ({starts})"


def duration_in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
