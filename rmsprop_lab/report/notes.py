"""Writes the Markdown notes that MLflow shows above an experiment and on a run's page.

Their pictures are artifacts of runs. The MLflow server that shows the note serves them by a relative link.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import pandas as pd
from PIL import Image

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.evaluation.measures import MEANS, SPREAD
from rmsprop_lab.evaluation.quantiles import QUARTILES
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.markdown import escaped
from rmsprop_lab.report.wording import (
    cell_in_words,
    counted,
    ended_in_words,
    gap_in_words,
    pairs_in_words,
    repeats_told,
    run_in_words,
    score_in_words,
    score_name,
    score_told,
    starts_in_words,
)

_NOTE_WIDTH = 1100  # pixels of a note on a screen of usual width


def experiment_note(
    study: Study,
    best: pd.DataFrame,
    links: Mapping[str | None, Mapping[str, str]],
    figures: Mapping[str, str],
    plan: str,
) -> str:
    """The note of an experiment: links to its saved views, a description, the ranking and pictures.

    Args:
        study: The study of the command that writes the note.
        best: The table of `best_runs`.
        links: The links of the saved views by their names, for each objective; None is the key for all objectives.
        figures: The links of pictures by what they show, see `artifact_link`.
        plan: Whose plan the note shows, see `plan_told`.
    """
    lines = [f"**{_linked(links[None])}**", ""]
    lines += [f"- {objective}: {_linked(views)}" for objective, views in links.items() if objective]
    lines += ["", plan, "", _described(study, starts_in_words(int(best["starts"].iloc[0]))), ""]
    lines += [*_ranking(study, best), ""]
    lines += [f"![{shows}]({link})\n" for shows, link in figures.items()]
    return "\n".join(lines)


def plan_told(study: Study, place: str, runs: int) -> str:
    """Whose plan an experiment's page shows: several folders may log to the experiment.

    Args:
        study: The study.
        place: Its folder and machine, see `place_of`.
        runs: Number of its runs.
    """
    roster = f"{counted(len(study.optimizers), 'optimizer')} on {counted(len(study.objectives), 'objective')}"
    return f"Plan of {escaped(place)}: {counted(runs, 'run')}, {roster}."


def _described(study: Study, starts: str) -> str:
    untuned = " Untuned: the score of the optimizer as configured." if study.evaluates else ""
    gaps = any(objective.minimum is not None for objective in study.objectives.values())
    return (
        f"`{study.name}`: {', '.join(study.optimizers)} on {', '.join(study.objectives)}; "
        f"{study.n_iter} iterations from {starts}; "
        f"search: {study.search.method}{', evaluated on fresh starts' if study.evaluates else ''}. "
        f"{score_told(study)} Other numbers are medians over starts. "
        f"{'The gap is value minus known minimum. ' if gaps else ''}Lost trials diverged or failed.{untuned}"
        f"{repeats_told(study)}"
    )


def _ranking(study: Study, best: pd.DataFrame) -> Iterator[str]:
    """The lines of the ranking as a table, one row for each row of `best`."""
    names = list(dict.fromkeys(name for optimizer in study.optimizers.values() for name in tuned_fields(optimizer)))
    gaps = sum(objective.minimum is not None for objective in study.objectives.values())
    rows = []
    for row in best.to_dict("records"):
        shown = {
            "objective": row["objective"],
            "#": str(row["rank"]),
            "optimizer": row["optimizer"],
            "settings": pairs_in_words({name: row[name] for name in names if not pd.isna(row.get(name))}),
            "score": score_in_words(row["score"], row["score_name"]),
            **({"untuned": score_in_words(row["default_score"], row["score_name"])} if study.evaluates else {}),
            **({"log₁₀ final gap": gap_in_words(row["final_gap"], row["gap_floor"], 2)} if gaps else {}),
            **({} if gaps == len(study.objectives) else {"final value": cell_in_words(row["final_value"])}),
            **({"steps to 1e-3": cell_in_words(row["steps_to_1e-3"])} if gaps else {}),
            "lost": f"{row['trials_diverged']} of {row['trials']}",
            "at an edge": row["edges"],
        }
        rows.append(shown)
    return _table(list(rows[0]), [list(row.values()) for row in rows])


def _linked(views: Mapping[str, str]) -> str:
    return " · ".join(f"[{name}]({link})" for name, link in views.items())


def run_note(run: Run, row: Mapping[str, Any], picture: bool) -> str:
    """The note of a run: its outcome, contour plot, settings and measures.

    It begins with plain text, which MLflow's charts show beside a line. `{run_id}` is a placeholder for the run's id.

    Args:
        run: The run.
        row: Its row of `runs.parquet`.
        picture: Whether it has a contour plot.
    """
    title = run_in_words(run)
    if row["outcome"] == "failed":
        return f"{title}. Failed: {escaped(row['message'])}"
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
            *_table(["setting", "value"], [[name, cell_in_words(value)] for name, value in settings.items()]),
            "",
            *_table(
                ["measure", "lower quartile", "median over starts", "upper quartile"],
                [
                    [name, *(cell_in_words(row[name + suffix]) for suffix in QUARTILES)]
                    for name in SPREAD
                    if not pd.isna(row[name])
                ],
            ),
            "",
            *_table(["score", "mean over starts"], _scores(row)),
        ]
    )


def _scores(row: Mapping[str, Any]) -> list[list[str]]:
    known = {score: row[column] for score, column in MEANS.items() if not pd.isna(row[column])}
    return [[score_name(score), score_in_words(value, score)] for score, value in known.items()]


def fitting(png: bytes) -> bytes:
    """A PNG shrunk to the width of a note, which would cut off a wider one."""
    picture = Image.open(BytesIO(png))
    picture.thumbnail((_NOTE_WIDTH, picture.height), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "png", optimize=True)
    return buffer.getvalue()


def artifact_link(path: str, run_id: str = "{run_id}") -> str:
    """The relative link by which the MLflow server that shows a note serves an artifact of a run."""
    return f"get-artifact?path={path}&run_uuid={run_id}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table. MLflow leaves no space between cells, so each ends with one."""
    for line in (columns, ["---"] * len(columns), *rows):
        yield f"| {' | '.join(cell if cell == '---' else f'{cell}&emsp;' for cell in line)} |"
