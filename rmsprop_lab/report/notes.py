"""Writes the Markdown notes that MLflow shows above an experiment and on a run's page.

Their pictures are artifacts of runs. The MLflow server that shows the note serves them by a relative link.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

import pandas as pd
from PIL import Image

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.evaluation.measures import MEANS, SPREAD
from rmsprop_lab.evaluation.quantiles import QUARTILES
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.markdown import escaped
from rmsprop_lab.report.ranking_cells import OPTIMIZER, ranking_cells
from rmsprop_lab.report.verdict_words import headings_told, setting_told, verdict_told
from rmsprop_lab.report.wording import (
    cell_in_words,
    counted,
    ended_in_words,
    run_in_words,
    score_in_words,
    score_name,
)

UNJUDGED = "No plan of this folder is whole, so nothing is ranked: the command that began it finishes it."
"""Said in place of a verdict."""
_NOTE_WIDTH = 1100  # pixels of a note on a screen of usual width


def experiment_note(
    judgement: Judgement | None,
    links: Mapping[str | None, Mapping[str, str]],
    figures: Mapping[str, str],
    plan: str,
    page: str = "",
) -> str:
    """The note of an experiment: links to its saved views, the verdict, the ranking and pictures.

    Args:
        judgement: What is said of the study; None if no plan is whole.
        links: The links of the saved views by their names, for each objective; None is the key for all objectives.
        figures: The links of pictures by what they show, see `artifact_link`.
        plan: Whose plan the note shows, see `plan_told`.
        page: The link of the report; empty without one.
    """
    report = [f"**[The report]({page})**: the race, the verdict and every run in one page", ""] if page else []
    lines = [*report, f"**{_linked(links[None])}**", ""]
    lines += [f"- {objective}: {_linked(views)}" for objective, views in links.items() if objective]
    lines += ["", plan, "", *(_ranking(judgement) if judgement else [UNJUDGED]), ""]
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


def _ranking(judgement: Judgement) -> Iterator[str]:
    """The lines of the verdict, of the ranking as a table, and of what its numbers are."""
    study, best = judgement.study, judgement.best
    first, *others = verdict_told(judgement.verdict)
    yield from [f"**{first}** {' '.join(others)}".rstrip(), ""]
    names = dict.fromkeys(name for optimizer in study.optimizers.values() for name in tuned_fields(optimizer))
    rows = []
    for cells, row in zip(ranking_cells(study, best, names), best.to_dict("records"), strict=True):
        settings = ", ".join(f"{name} {cells.pop(name)}" for name in names if cells.get(name))
        shown = {name: text for name, text in cells.items() if name not in names}
        before = dict(list(shown.items())[: list(shown).index(OPTIMIZER) + 1])
        rows.append({**before, "settings": settings, **shown, "at an edge": row["edges"]})
    yield from _table(list(rows[0]), [list(row.values()) for row in rows])
    trials = [winner.trials for winner in judgement.pictured]
    yield from ["", f"`{study.name}`: {setting_told(study, best, trials)}. {headings_told(study, best, rows[0])}"]


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


@lru_cache(maxsize=16)  # each figure of a study is shown by a run of every objective
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


def artifact_view(experiment_id: str, run_id: str, path: str) -> str:
    """The relative link to MLflow's viewer of an artifact."""
    return f"#/experiments/{experiment_id}/runs/{run_id}/artifacts/{path}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table. MLflow leaves no space between cells, so each ends with one."""
    for line in (columns, ["---"] * len(columns), *rows):
        yield f"| {' | '.join(cell if cell == '---' else f'{cell}&emsp;' for cell in line)} |"
