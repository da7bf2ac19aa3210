"""Writes the Markdown notes that MLflow shows above an experiment and on a run's page.

A run's note shows an artifact of the run: the MLflow server that shows the note serves it by a relative link.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.evaluation.measures import MEANS, SPREAD
from rmsprop_lab.evaluation.quantiles import QUARTILES
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.source import is_all_ours
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.markdown import escaped
from rmsprop_lab.report.ranking_cells import LOST, OBJECTIVE, OPTIMIZER, RANK, SCORE, SUCCESS, ranking_cells
from rmsprop_lab.report.verdict_words import headings_told, setting_told, verdict_told
from rmsprop_lab.report.wording import (
    cell_in_words,
    counted,
    ended_in_words,
    rerun_line,
    run_in_words,
    score_in_words,
    score_name,
)

UNJUDGED = "No plan of this folder is whole and readable, so nothing is ranked: the command that began it finishes it."
"""Said in place of a verdict."""

BEGUN = "Not finished, so nothing is ranked yet: the command that began it goes on where it stopped."
"""The same of a study that is being computed, or was interrupted."""

_SIDE_BY_SIDE = (
    "Three runs side by side: open one of the views of many runs above; in the head of the list click the eye, then "
    "*Hide all runs*; click the eyes of the three. Charts and pictures show those alone."
)


def experiment_note(
    judgement: Judgement | None,
    links: Mapping[str | None, Mapping[str, str]],
    plan: str,
    page: str = "",
    unjudged: str = UNJUDGED,
) -> str:
    """The note of an experiment: the verdict, its saved views, the ranking, and how to compare single runs.

    MLflow's list of experiments shows the first words as plain text, so their link is defined at the end.

    Args:
        judgement: What is said of the study; None if no plan is whole.
        links: The links of the saved views by their names, for each objective; None is the key for all objectives.
        plan: Whose plan the note shows, see `plan_told`.
        page: The link of the report; empty without one.
        unjudged: What is said where nothing is judged.
    """
    told = " ".join(verdict_told(judgement)) if judgement else unjudged
    lines = [f"[Report] · {told}" if page else told, "", _linked(links[None]), ""]
    lines += [f"- {objective}: {_linked(views)}" for objective, views in links.items() if objective]
    lines += ["", *(_ranking(judgement) if judgement else []), "", _SIDE_BY_SIDE, "", plan, ""]
    lines += [f"[Report]: {page}"] if page else []
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
    """The lines of the ranking as a table that has room in a narrow note, and of what its numbers are."""
    study, best = judgement.study, judgement.best
    names = dict.fromkeys(name for optimizer in study.optimizers.values() for name in tuned_fields(optimizer))
    rows = []
    for cells in ranking_cells(study, best, names):
        settings = ", ".join(f"{name} {cells[name]}" for name in names if cells.get(name))
        front = {name: cells[name] for name in (OBJECTIVE, RANK, OPTIMIZER) if name in cells}
        back = {name: cells[name] for name in (SCORE, SUCCESS, LOST) if name in cells}
        rows.append({**front, "settings": settings, **back})
    yield from _table(list(rows[0]), [list(row.values()) for row in rows])
    trials = [winner.trials for winner in judgement.pictured]
    yield from ["", f"`{study.name}`: {setting_told(study, best, trials)}. {headings_told(study, best, rows[0])}"]


def _linked(views: Mapping[str, str]) -> str:
    return " · ".join(f"[{name}]({link})" for name, link in views.items())


def run_note(run: Run, row: Mapping[str, Any], picture: bool, study: str) -> str:
    """The note of a run: its outcome, contour plot, the command that computes it again, settings and measures.

    It begins with plain text, which MLflow's charts show beside a line. `{run_id}` is a placeholder for the run's id.

    Args:
        run: The run.
        row: Its row of `runs.parquet`.
        picture: Whether it has a contour plot.
        study: The name of its study.
    """
    title, again = run_in_words(run), f"Again: `{rerun_line(study, run.run_key)}`"
    if not (is_all_ours(run.optimizer) and is_all_ours(run.problem.objective)):
        again += ", with the `--config-dir` of the study: it runs code of your own"
    if row["outcome"] == "failed":
        return f"{title}. Failed: {escaped(row['message'])}\n\n{again}"
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
            again,
            "",
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
