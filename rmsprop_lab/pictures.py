"""A study's `figures/`: each objective, the best run of each optimizer, and all of them side by side."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from rmsprop_lab.colours import hues
from rmsprop_lab.descent import Trace
from rmsprop_lab.measures import median_start
from rmsprop_lab.plan import Run, Study
from rmsprop_lab.plots import COMPARISON, SENSITIVITY
from rmsprop_lab.plots.comparison import Panel, comparison_png
from rmsprop_lab.plots.contour import ContourPainter
from rmsprop_lab.plots.sensitivity import map_png, sensitivity_png
from rmsprop_lab.plots.surface import contour_png, surface_png
from rmsprop_lab.problem import Problem
from rmsprop_lab.results import StudyFolder, write_atomically
from rmsprop_lab.titles import picture_title

_SHOWN = 4  # objectives side by side; more would be too small to read


def draw(
    study: Study, folder: StudyFolder, trials: pd.DataFrame, best: pd.DataFrame, runs: Mapping[str, Run]
) -> list[Path]:
    """Draws the study's figures, unless they already show these runs; returns the files drawn.

    `trials`: those of the plan, with their hyperparameters; `best`: the table of `best_runs`; `runs`: the best by key.
    """
    figures = folder.path / "figures"
    stamp, shows = figures / ".shows", _shows(study, trials, best)
    if stamp.exists() and stamp.read_text() == shows:
        return []
    drawn = []
    for name, content in (*_figures(study, folder, best, runs), *_searched(study, folder, trials, runs)):
        write_atomically(figures / name, content)
        drawn.append(figures / name)
    write_atomically(stamp, shows.encode())
    return drawn


def _figures(
    study: Study, folder: StudyFolder, best: pd.DataFrame, runs: Mapping[str, Run]
) -> Iterator[tuple[str, bytes]]:
    rows, traces = folder.run_rows(best["run_key"]), folder.trace_of(list(best["run_key"]))
    problems = {cell.problem.name: cell.problem for cell in study.cells}
    panels = []
    for name, problem in problems.items():
        chosen = {run.optimizer_name: run for key, run in runs.items() if run.problem is problem}
        if problem.objective.dim >= 2:
            yield f"{name}_surface.png", surface_png(problem.objective, name)
            yield f"{name}_contour.png", contour_png(problem.objective, name)
        painter = ContourPainter(problem.objective, problem.points)
        chosen = {optimizer: run for optimizer, run in chosen.items() if run.run_key in traces}  # the others failed
        for optimizer, run in chosen.items():
            trace = traces[run.run_key]
            title = picture_title(run, rows[run.run_key])
            yield f"{name}_{optimizer}.png", painter.png(trace.points, median_start(trace.values[-1]), title)
        if chosen:
            panels.append(_panel(problem, chosen, traces))
    if not panels:
        return
    shown = panels[:_SHOWN]
    count = panels[0].starts.shape[1]
    each = "" if count == 1 else f"; above from one typical start, below over all {count}"
    title = f"{study.name}: the best run of each optimizer{each}{_of(len(shown), len(panels))}"
    yield COMPARISON, comparison_png(shown, hues([*folder.trials()["optimizer"], *study.optimizers]), title)


def _searched(
    study: Study, folder: StudyFolder, trials: pd.DataFrame, best: Mapping[str, Run]
) -> Iterator[tuple[str, bytes]]:
    """What the search saw: the score against the step size, and over each grid of two hyperparameters."""
    if study.search.method == "none":
        return
    objectives = list(dict.fromkeys(trials["objective"]))[:_SHOWN]
    unknown = {name for name, objective in study.objectives.items() if objective.minimum is None}
    labels = {name: f"{name} (score: value)" if name in unknown else name for name in objectives}
    tables = {labels[name]: trials[trials["objective"] == name] for name in objectives}
    if "step_size" in trials and trials["step_size"].nunique() > 2:
        single = all(len(cell.space) < 2 for cell in study.cells)
        others = "" if single else ", each point the best of its other settings"
        share = _of(len(objectives), trials["objective"].nunique())
        title = f"{study.name}: how much the step size matters{others}{share}"
        colours = hues([*folder.trials()["optimizer"], *study.optimizers])
        yield SENSITIVITY, sensitivity_png(tables, colours, title, joined=study.search.method == "grid")
    for cell in study.cells:
        if study.search.method == "grid" and len(cell.space) == 2 and min(map(len, cell.space.values())) > 1:
            label = f"{cell.problem.name}_{cell.optimizer_name}"
            table = trials[trials["cell"] == cell.key]
            given = [run.hyperparameters for key, run in best.items() if key in set(table["run_key"])]
            if given:
                grids = {name: span.grid() for name, span in cell.space.items()}
                across, up = grids
                scores = table.pivot_table(index=up, columns=across, values="score", dropna=False)
                whole = scores.reindex(index=grids[up], columns=grids[across]).to_numpy()
                scales = {hyperparameter: span.scale for hyperparameter, span in cell.space.items()}
                title = f"{cell.problem.name}: {cell.optimizer_name} after {study.n_iter} iterations"
                title += " (score: value)" if cell.problem.name in unknown else ""
                yield f"{label}_map.png", map_png(whole, grids, scales, given[0], title)


def _of(shown: int, count: int) -> str:
    return "" if shown == count else f" ({shown} of {count} objectives)"


def _panel(problem: Problem, chosen: Mapping[str, Run], traces: Mapping[str, Trace]) -> Panel:
    return Panel(
        problem.name,
        problem.objective,
        problem.points,
        {name: traces[run.run_key] for name, run in chosen.items()},
        {name: f"{name} {_short(run)}" for name, run in chosen.items()},
    )


def _short(run: Run) -> str:
    return ", ".join(f"{value:.3g}" for name, value in run.hyperparameters.items() if name != "epsilon")


def _shows(study: Study, trials: pd.DataFrame, best: pd.DataFrame) -> str:
    identity: list[Any] = [
        study.name,
        sorted(trials["run_key"]),
        best[["objective", "optimizer", "run_key"]].to_numpy().tolist(),
    ]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()
