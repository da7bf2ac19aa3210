"""What the page of `task=playground` holds: runs as configured, from the first starts."""

import datetime
import importlib.metadata
from collections.abc import Iterator
from typing import Any

from rmsprop_lab.base import Objective, given_fields, window_of
from rmsprop_lab.descent import Trace, descend
from rmsprop_lab.errors import raised
from rmsprop_lab.plan.keys import qualified_name
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.report.page.alive import Descents
from rmsprop_lab.report.page.content import objective_facts, shown_run
from rmsprop_lab.report.page.tracks import RACED
from rmsprop_lab.report.wording import pairs_in_words


def playground_content(study: Study, left_out: list[tuple[str, str]]) -> tuple[dict[str, Any], Descents]:
    """What a page shows of objectives and optimizers that it can compute itself.

    Args:
        study: The objectives and optimizers, with starts, spaces and iterations; nothing of it is on disk.
        left_out: What the page cannot compute, and why; gets the pairs whose code raises an error, too.

    Returns:
        The content, see `docs/report.md`, and the functions that compute its runs.
    """
    descents, colours = Descents(), hues(study.optimizers)
    objectives = list(_objectives(study, descents, left_out))
    return {
        "name": study.name,
        "n_iter": study.n_iter,
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "versions": {name: importlib.metadata.version(name) for name in ("rmsprop-lab", "numpy")},
        "optimizers": [
            {
                "name": name,
                "colour": colours[name],
                "class": qualified_name(type(optimizer)),
                "configured": pairs_in_words(given_fields(optimizer)),
            }
            for name, optimizer in study.optimizers.items()
        ],
        "objectives": objectives,
        "left_out": [list(line) for line in left_out],
    }, descents


def _objectives(study: Study, descents: Descents, left_out: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for name, objective in study.objectives.items():
        problem = Problem(name, objective, _starts_in_window(study.starts, objective), study.n_iter)
        runs = [Run(problem, other, optimizer, study.engine) for other, optimizer in study.optimizers.items()]
        shown = [shown_run(run, trace, study, descents) for run in runs if (trace := _trace(run, left_out))]
        if shown:
            facts = objective_facts(name, objective, problem.points)
            yield {**facts, "class": qualified_name(type(objective)), "runs": shown}


def _starts_in_window(starts: Starts, objective: Objective) -> Starts:
    """The starts; where drawn ones lie outside of the objective's window, drawn in it and not in the bounds.

    Paths from there would leave the picture at once. Given starts stay, and the picture is widened to show them.
    """
    points, window = starts.at(objective), window_of(objective)
    is_inside = (window[:, :1] <= points) & (points <= window[:, 1:])
    if starts.method == "fixed" or is_inside.all():
        return starts
    low, high = objective.bounds[:, :1], objective.bounds[:, 1:]
    moved = window[:, :1] + (points - low) / (high - low) * (window[:, 1:] - window[:, :1])
    return Starts(points=moved.T.tolist())


def _trace(run: Run, left_out: list[tuple[str, str]]) -> Trace | None:
    """The descents of a run from the starts that are shown; None if its code raises an error."""
    problem = run.problem
    starts = problem.points[:, :RACED]
    try:
        return descend(problem.objective, run.optimizer, starts, n_iter=problem.n_iter, engine=run.engine)
    except BaseException as error:  # user code may raise anything
        left_out.append((f"{run.optimizer_name} on {problem.name}", raised(error)))
        return None
