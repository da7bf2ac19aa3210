"""What runs and studies are called in pictures and notes: what was run, and how it ended."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rmsprop_lab.measures import SCORES, log10_gap
from rmsprop_lab.plan import Study
from rmsprop_lab.run import Run


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
    count = row["starts"]
    starts = starts_in_words(count) + (", the median one bold" if count > 1 else "")
    if row["diverged"]:
        ended = f"{row['diverged']} of {count} diverged, first at iteration {row['first_bad_iteration']:.0f}"
    else:
        ended = f"f = {row['final_value']:.3g} after {row['n_iter']} iterations"
    return f"{run.problem.name}: {run.optimizer_name}, {settings_in_words(run)}\n{ended} ({starts})"


def experiment_note(study: Study, best: pd.DataFrame, best_link: str, all_link: str) -> str:
    """The MLflow experiment's note, in Markdown: the way to the ready view, what this is, and the ranking."""
    starts = starts_in_words(int(best["starts"].iloc[0]))
    rows = [
        f"| {row['objective']} | {row['rank']} | {row['optimizer']} | {row['step_size']:.4g} | "
        f"{_log10(row['best_gap'])} | {_log10(row['final_gap'])} | {row['trials']} | {row['trials_diverged']} |"
        for row in best.to_dict("records")
    ]
    return "\n".join(
        [
            f"**[Open the best runs side by side]({best_link})** · [all runs]({all_link})",
            "",
            f"`{study.name}`: {', '.join(study.optimizers)} on {', '.join(study.objectives)}; "
            f"{study.n_iter} iterations from {starts}; search: {study.search.method}, best by "
            f"{SCORES[study.search.score]}.",
            "",
            "| objective | # | optimizer | step_size | log₁₀ best gap | log₁₀ final gap | trials | diverged |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            "Medians over starts. The best run on each objective holds the study's figures among its artifacts.",
        ]
    )


def _log10(gap: float) -> str:
    return "" if pd.isna(gap) else f"{float(log10_gap(gap)):.2f}"
