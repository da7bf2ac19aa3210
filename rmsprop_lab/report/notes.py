"""What MLflow shows above an experiment and on a run's page, in Markdown.

Pictures are those among a run's artifacts: the server that shows the note serves them by a relative link.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import pandas as pd
from PIL import Image

from rmsprop_lab.evaluation.measures import LOG10_FLOOR, QUARTILES, SCORES, SPREAD, log10_gap
from rmsprop_lab.plan.keys import given_fields
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.wording import ended_in_words, settings_in_words, starts_in_words, value_in_words

_NOTE_WIDTH = 1100  # pixels, on a screen of usual width


def experiment_note(
    study: Study, best: pd.DataFrame, links: Mapping[str | None, Mapping[str, str]], figures: Mapping[str, str]
) -> str:
    """The ways to the ready views, what this study is, its ranking, and its pictures.

    `best`: the table of `best_runs`; `links`: by objective, None for all of them, name of a view to where it opens;
    `figures`: what a picture shows to its link, see `artifact_link`.
    """
    names = list(dict.fromkeys(name for optimizer in study.optimizers.values() for name in given_fields(optimizer)))
    columns = ["objective", "#", "optimizer", "settings", "log₁₀ best gap", "log₁₀ final gap"]
    columns += ["steps to 1e-3", "steps to 1e-7", *(["untuned"] if study.evaluates else []), "lost", "at an edge"]
    rows = [
        [
            *(row["objective"], str(row["rank"]), row["optimizer"], _settings(row, names)),
            *(_log10(row["best_gap"]), _log10(row["final_gap"])),
            *(_number(row["steps_to_1e-3"]), _number(row["steps_to_1e-7"])),
            *([_score(row["default_score"])] if study.evaluates else []),
            *(f"{row['trials_diverged']} of {row['trials']}", row["edges"]),
        ]
        for row in best.to_dict("records")
    ]
    untuned = f" Untuned: {SCORES[study.search.score]} of the optimizer as configured." if study.evaluates else ""
    return "\n".join(
        [
            f"**{_linked(links[None])}**",
            "",
            *(f"- {objective}: {_linked(views)}" for objective, views in links.items() if objective),
            "",
            f"`{study.name}`: {', '.join(study.optimizers)} on {', '.join(study.objectives)}; "
            f"{study.n_iter} iterations from {starts_in_words(int(best['starts'].iloc[0]))}; "
            f"search: {study.search.method}, best by {SCORES[study.search.score]}"
            f"{', shown from fresh starts' if study.evaluates else ''}. "
            "The gap is value minus known minimum, figures are medians over starts, lost trials diverged or failed. "
            f"Ties go by the steps to 1e-7.{untuned}",
            "",
            *_table(columns, rows),
            "",
            *(f"![{shows}]({link})\n" for shows, link in figures.items()),
        ]
    )


def _linked(views: Mapping[str, str]) -> str:
    return " · ".join(f"[{name}]({link})" for name, link in views.items())


def _settings(row: Mapping[Any, Any], names: Iterable[str]) -> str:
    """The hyperparameters that the optimizer has, without epsilon."""
    given = {name: row[name] for name in names if name != "epsilon" and not pd.isna(row[name])}
    return ", ".join(f"{name} {value_in_words(value)}" for name, value in given.items())


def _score(value: float | None) -> str:
    if value is None or math.isnan(value):
        return ""
    return "lost" if math.isinf(value) else f"{value:.4g}"


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
            *_table(["setting", "value"], [[name, _number(value)] for name, value in settings.items()]),
            "",
            *_table(
                ["measure", "lower quartile", "median over starts", "upper quartile"],
                [[name, *(_number(row[name + suffix]) for suffix in QUARTILES)] for name in SPREAD],
            ),
        ]
    )


def fitting(png: bytes) -> bytes:
    """A picture no wider than a note, which cuts off what does not fit."""
    picture = Image.open(BytesIO(png))
    picture.thumbnail((_NOTE_WIDTH, picture.height), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "png", optimize=True)
    return buffer.getvalue()


def artifact_link(path: str, run_id: str = "{run_id}") -> str:
    """Where the MLflow server that shows a note serves an artifact."""
    return f"get-artifact?path={path}&run_uuid={run_id}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a Markdown table; MLflow shows cells without any space between them, so they bring their own."""
    for line in (columns, ["---"] * len(columns), *rows):
        yield f"| {' | '.join(cell if cell == '---' else f'{cell}&emsp;' for cell in line)} |"


def _number(value: Any) -> str:
    if value is None or pd.isna(value):
        return ""
    return "never" if value == float("inf") else f"{value:.4g}" if isinstance(value, float) else str(value)


def _log10(gap: float) -> str:
    if pd.isna(gap):
        return ""
    exponent = float(log10_gap(gap))
    return f"≤ {LOG10_FLOOR:.0f}" if exponent <= LOG10_FLOOR else f"{exponent:.2f}"
