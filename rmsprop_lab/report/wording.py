"""What runs are called in pictures and notes: what was run, and how it ended."""

from collections.abc import Mapping
from typing import Any

from rmsprop_lab.plan.run import Run


def settings_in_words(run: Run) -> str:
    """The hyperparameters without epsilon, as in `step_size 0.01, rho 0.99`."""
    given = {name: value for name, value in run.hyperparameters.items() if name != "epsilon"}
    return ", ".join(f"{name} {value_in_words(value)}" for name, value in given.items())


def value_in_words(value: float, digits: int = 4) -> str:
    """A hyperparameter's value in a few digits, more where it would read as 1 without being it; flags in words."""
    if isinstance(value, bool):
        return str(value).lower()
    while f"{value:.{digits}g}" == "1" and value != 1:
        digits += 1
    return f"{value:.{digits}g}"


def starts_in_words(count: int) -> str:
    return "1 start" if count == 1 else f"{count} starts"


def score_in_words(score: str) -> str:
    """What a search minimises, as short as an axis needs it."""
    if score.startswith("steps_to_"):
        return f"steps to {score.removeprefix('steps_to_')}"
    return f"log₁₀ {score.replace('_', ' ')}"


def picture_title(run: Run, row: Mapping[str, Any]) -> str:
    """Two lines for a run's contour plot."""
    return f"{run.problem.name}: {run.optimizer_name}, {settings_in_words(run)}\n{ended_in_words(row)}"


def ended_in_words(row: Mapping[str, Any]) -> str:
    """The value that a run reached, or how much of it diverged, and from how many starts."""
    count = row["starts"]
    starts = starts_in_words(count) + (", the median one bold" if count > 1 else "")
    if row["diverged"]:
        ended = f"{row['diverged']} of {count} diverged, first at iteration {row['first_bad_iteration']:.0f}"
    else:
        ended = f"f = {row['final_value']:.3g} after {row['n_iter']} iterations"
    return f"{ended} ({starts})"
