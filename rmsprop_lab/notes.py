"""What MLflow shows above an experiment and on a run's page, in Markdown.

Pictures are those among a run's artifacts: the server that shows the note serves them by a relative link.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rmsprop_lab.measures import QUARTILES, SCORES, SPREAD, log10_gap
from rmsprop_lab.plan import Run, Study
from rmsprop_lab.titles import ended_in_words, settings_in_words, starts_in_words

_VIEWS_ABOVE = 3  # links in the first line: all that is seen of a note before it is opened


def experiment_note(study: Study, best: pd.DataFrame, links: Mapping[str, str], figures: Mapping[str, str]) -> str:
    """The ways to the ready views, what this study is, its ranking, and its pictures.

    `best`: the table of `best_runs`; `links`: name of a view to where it opens; `figures`: what a picture shows to
    its link, see `artifact_link`.
    """
    named = [f"[{name}]({link})" for name, link in links.items()]
    rows = [
        f"| {row['objective']} | {row['rank']} | {row['optimizer']} | {row['step_size']:.4g} | "
        f"{_log10(row['best_gap'])} | {_log10(row['final_gap'])} | {_steps(row['steps_to_1e-3'])} | "
        f"{row['trials_diverged']} of {row['trials']} |"
        for row in best.to_dict("records")
    ]
    above = " · ".join(named[:_VIEWS_ABOVE])
    return "\n".join(
        [
            f"**{above}**",
            "",
            *([f"On one objective: {' · '.join(named[_VIEWS_ABOVE:])}", ""] if named[_VIEWS_ABOVE:] else []),
            f"`{study.name}`: {', '.join(study.optimizers)} on {', '.join(study.objectives)}; "
            f"{study.n_iter} iterations from {starts_in_words(int(best['starts'].iloc[0]))}; "
            f"search: {study.search.method}, best by {SCORES[study.search.score]}. "
            "The gap is value minus known minimum; figures are medians over starts.",
            "",
            "| objective | # | optimizer | step_size | log₁₀ best gap | log₁₀ final gap | steps to 1e-3 | lost |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            *(f"![{shows}]({link})\n" for shows, link in figures.items()),
        ]
    )


def run_note(run: Run, row: Mapping[str, Any], picture: bool) -> str:
    """A run's outcome, its contour plot where it has one, its settings and its measures.

    Begins with plain words, which MLflow's charts show beside a line; `{run_id}` stands for the run's id.
    """
    title = f"{run.problem.name}: {run.optimizer_name}, {settings_in_words(run)}"
    if row["outcome"] == "failed":
        return f"{title}. Failed: {row['message']}"
    settings = {
        **run.hyperparameters,
        "n_iter": row["n_iter"],
        "starts": row["starts"],
        "start_seed": row["start_seed"],
        "gradient evaluations": row["evaluations"],
    }
    return "\n".join(
        [
            f"{title}. {ended_in_words(row)}.",
            "",
            *([f"![The paths]({artifact_link('contour.png')})", ""] if picture else []),
            "| setting | |",
            "|---|---|",
            *(f"| {name} | {_number(value)} |" for name, value in settings.items() if value is not None),
            "",
            "| measure | lower quartile | median over starts | upper quartile |",
            "|---|---|---|---|",
            *(
                f"| {name} | {' | '.join(_number(row[name + suffix]) for suffix in QUARTILES)} |"
                for name in SPREAD
                if not pd.isna(row[name])
            ),
        ]
    )


def artifact_link(path: str, run_id: str = "{run_id}") -> str:
    """Where the MLflow server that shows a note serves an artifact."""
    return f"get-artifact?path={path}&run_uuid={run_id}"


def _number(value: Any) -> str:
    return "never" if value == float("inf") else f"{value:.4g}" if isinstance(value, float) else str(value)


def _steps(steps: float) -> str:
    return "never" if steps == float("inf") else "" if pd.isna(steps) else f"{steps:.0f}"


def _log10(gap: float) -> str:
    return "" if pd.isna(gap) else f"{float(log10_gap(gap)):.2f}"
