"""Collects what MLflow shows of landscapes: the content of each run, and the experiment's page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rmsprop_lab.evaluation.endings import measure_of
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots.encoding import small_copy
from rmsprop_lab.report.experiment_page import columns_of
from rmsprop_lab.report.landscapes import Landscape
from rmsprop_lab.report.notes import plan_told
from rmsprop_lab.storage.arrays import npz_bytes
from rmsprop_lab.tracking.card import Card, card_tag
from rmsprop_lab.tracking.content import Point, RunContent, params
from rmsprop_lab.tracking.landscape_view import landscape_views
from rmsprop_lab.tracking.page import view_link
from rmsprop_lab.tracking.view_tags import view_tags

if TYPE_CHECKING:
    from rmsprop_lab.tracking.study_tracker import StudyTracker


def landscape_content(study: Study, landscape: Landscape, names: Sequence[str], colour: str) -> RunContent:
    """All that MLflow gets of a landscape.

    Args:
        study: The study.
        landscape: One of its landscapes.
        names: Hyperparameters that become params of every run.
        colour: The run's colour.
    """
    problem = landscape.cell.problem
    row = {
        "objective": problem.name,
        "dim": problem.objective.dim,
        "optimizer": landscape.cell.optimizer_name,
        "hyperparameters": landscape.hyperparameters,
        "n_iter": problem.n_iter,
        "starts": problem.points.shape[1],
        "start_seed": problem.start_seed,
        "evaluations": problem.n_iter * problem.objective.evaluations_per_gradient,
    }
    finite = {name: value for name, value in landscape.measures.items() if np.isfinite(value)}
    return RunContent(
        run_key=landscape.key,
        name=f"{landscape.kind} {landscape.cell.optimizer_name} {problem.name}",
        params=params(row, names, study.engine),
        points=[Point(f"final/{name}", value, 0) for name, value in finite.items()],
        tags={
            "study": study.name,
            "objective": problem.name,
            "optimizer": landscape.cell.optimizer_name,
            "phase": "landscape",
            "regime": landscape.kind,
            "outcome": "ok",
            "best": "true",  # the view that opens first shows only these runs
        },
        colour=colour,
        note=landscape.title.replace("\n", "\n\n"),
        artifacts={f"{landscape.kind}.npz": npz_bytes(landscape.arrays), "contour.png": landscape.picture},
        images={("contour", 0): (landscape.picture, small_copy(landscape.picture))},
    )


def describe_landscapes(study: Study, experiment: "StudyTracker", names: Sequence[str], runs: int) -> None:
    """Writes the note and the saved views of an experiment of landscapes.

    Args:
        study: The study.
        experiment: Its experiment.
        names: The hyperparameters of its optimizers.
        runs: Number of its landscapes.
    """
    link = view_link(experiment.experiment_id, "all")
    plan = plan_told(study, experiment.place, runs)
    what = f"`{study.name}`: {', '.join(study.optimizers)} on {', '.join(study.objectives)}. Each run is a dense map."
    shown = landscape_views(dict.fromkeys(map(measure_of, study.objectives.values())))
    tags = view_tags(shown, columns_of(study, names), []) | card_tag(_card(study, experiment))
    experiment.describe(f"**[Open the maps side by side]({link})**\n\n{plan}\n\n{what}", tags)


def _card(study: Study, experiment: "StudyTracker") -> Card:
    """What the start page shows of the maps; the picture is that of one of them, always the same."""
    sentence = f"Dense maps of {', '.join(study.optimizers)} on {', '.join(study.objectives)}."
    run_id = next(iter(experiment.run_ids(sorted(experiment.known)).values()), None)
    return Card(sentence, experiment.place, (run_id, "contour.png") if run_id else None)
