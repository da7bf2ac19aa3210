"""Collects what the page of a study shows, as plain data. `docs/report.md` describes it."""

import datetime
import importlib.metadata
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rmsprop_lab.base import Array, Objective, given_fields
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.gaps import gap_floor
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.keys import qualified_name
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.flaws import edges_in_words, failed_in_words, lost_in_words, still_in_words, widening
from rmsprop_lab.report.judgement import Judgement, by_difference
from rmsprop_lab.report.page.alive import Descents, alive
from rmsprop_lab.report.page.packing import packed_text
from rmsprop_lab.report.page.plane import plane
from rmsprop_lab.report.page.tracks import RACED, track
from rmsprop_lab.report.ranking_cells import ranking_cells
from rmsprop_lab.report.searches import Searches, written_tables
from rmsprop_lab.report.verdict_words import headings_told, setting_told, verdict_told
from rmsprop_lab.report.wording import pairs_in_words, score_name, settings_in_words, value_in_words
from rmsprop_lab.storage.folder import StudyFolder

SCHEMA = 1
_VERSIONS = ("rmsprop-lab", "numpy", "optuna", "mlflow")
_OF_RUNS = ("outcome", "diverged", "final_value", "final_gap", "best_gap", "mean_log10_gap", "gradient_norm")


@dataclass(frozen=True, eq=False)
class Findings:
    """What a study found, for its page.

    Args:
        judgement: The verdict, and the winners to picture.
        searches: Its trials and winners.
        winners: The winner of each search, also of `search=none`.
        failed: The error of each run that failed, by run key.
        stable: The largest step size that does not diverge, by the key of a search whose trials were all lost.
        still: The keys of the searches whose best run did not move.
        command: The command that made the study; empty from Python.
    """

    judgement: Judgement
    searches: Searches
    winners: Sequence[Winner]
    failed: Mapping[str, str]
    stable: Mapping[str, float | None]
    still: set[str]
    command: str = ""


def study_content(folder: StudyFolder, found: Findings, descents: Descents) -> dict[str, Any]:
    """What the page shows of one study; see `docs/report.md`. `descents` gets the functions that compute its runs."""
    study, judgement = found.judgement.study, found.judgement
    cells = ranking_cells(study, judgement.best, winners=found.winners)
    first, *others = verdict_told(judgement) or [""]
    trials = [winner.trials for winner in judgement.pictured]
    return {
        "name": study.name,
        "question": _question(study),
        "sentence": first,
        "told": others,
        "setting": setting_told(study, judgement.best, trials),
        "command": found.command,
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "alone": _is_alone(study),
        "settings": dict(_settings(study)),
        "versions": {name: importlib.metadata.version(name) for name in _VERSIONS}
        | {"python": platform.python_version()},
        "warnings": list(_warnings(found)),
        "optimizers": [_optimizer(study, name, found.searches.hues[name]) for name in study.optimizers],
        "first": by_difference(judgement.best)[0],
        "n_iter": study.n_iter,
        "objectives": [_objective(folder, found, name, descents) for name in study.objectives],
        "ranking": {"columns": list(cells[0]) if cells else [], "rows": [list(row.values()) for row in cells]},
        "ranking_told": _ranking_told(study, judgement, cells) if cells else "",
        "tables": {name: packed_text(text) for name, text in _tables(folder, found)},
    }


def _ranking_told(study: Study, judgement: Judgement, cells: Sequence[Mapping[str, str]]) -> str:
    """What the ranking's columns are, and its arrows."""
    arrows = any(cell.endswith(("↑", "↓")) for row in cells for cell in row.values())
    told = headings_told(study, judgement.best, cells[0])
    return f"{told} ↑ and ↓: at that end of its range, see Details." if arrows else told


def _is_alone(study: Study) -> bool:
    """Whether nothing is compared: one optimizer as configured."""
    return len(study.optimizers) == 1 and study.search.method == "none"


def _warnings(found: Findings) -> Iterator[str]:
    """What to look at: failed and lost runs, winners that did not move or lie at an edge."""
    ran = [winner for winner in found.winners if winner.run.run_key not in found.failed]
    yield from failed_in_words(found.winners, found.failed)
    yield from lost_in_words(ran, found.stable)
    yield from still_in_words(found.winners, found.still)
    yield from edges_in_words(found.winners)
    if overrides := widening(found.winners):
        yield f"To widen these ranges: {overrides}"


def _optimizer(study: Study, name: str, hue: str) -> dict[str, Any]:
    optimizer = study.optimizers[name]
    searched = study.spaces.get(name, {}) if study.search.method != "none" else {}
    return {
        "name": name,
        "colour": hue,
        "class": qualified_name(type(optimizer)),
        "configured": pairs_in_words(given_fields(optimizer)),
        "space": {key: _range_told(span) for key, span in searched.items()},
    }


def _question(study: Study) -> str:
    """What the study asks, in a sentence."""
    optimizers, objectives = list(study.optimizers), list(study.objectives)
    where = objectives[0] if len(objectives) == 1 else f"{len(objectives)} functions"
    if len(optimizers) == 1:
        tuned = "with which settings " if study.search.method != "none" else ""
        return f"How near to the minimum of {where} does {optimizers[0]} come, {tuned}in {study.n_iter} iterations?"
    return (
        f"Which of {len(optimizers)} optimizers comes nearest to the minimum of {where} in {study.n_iter} iterations?"
    )


def _settings(study: Study) -> Iterator[tuple[str, str]]:
    """The settings that two studies may differ in, in words."""
    search = study.search
    yield "objectives", ", ".join(study.objectives)
    yield "optimizers", ", ".join(study.optimizers)
    yield "iterations", f"{study.n_iter}"
    yield "starts of the search", _starts_told(study.starts)
    yield "starts of the verdict", _evaluation_told(study)
    drawn = f", {search.trials} trials, seed {search.seed}" if search.draws else ""
    yield "search", f"{search.method}{drawn}"
    yield "repeats", f"{search.repeats}"
    yield "score", ", ".join(score_name(name) for name in study.scores)
    yield "smallest difference that matters", value_in_words(study.delta)
    yield "engine", study.engine


def _starts_told(starts: Starts) -> str:
    """How starts are drawn; given ones are named, as two studies may differ in them."""
    if starts.points is None:
        return f"{starts.method}, {starts.count}, seed {starts.seed}"
    return ", ".join(f"({', '.join(map(value_in_words, point))})" for point in starts.points)


def _evaluation_told(study: Study) -> str:
    fresh = study.evaluation
    return f"fresh, {fresh.count}, seed {fresh.seed}" if study.evaluates and fresh else "those of the search"


def _range_told(span: Range) -> str:
    if span.values is not None:
        return ", ".join(value_in_words(value) for value in span.values)
    return f"{value_in_words(span.low)} to {value_in_words(span.high)} ({span.scale})"


def _objective(folder: StudyFolder, found: Findings, name: str, descents: Descents) -> dict[str, Any]:
    """An objective, and the judged run of each optimizer on it."""
    study = found.judgement.study
    objective = study.objectives[name]
    pictured = [winner for winner in found.judgement.pictured if winner.cell.problem.name == name]
    traces = folder.trace_of([winner.judged.run_key for winner in pictured])
    return {
        **objective_facts(name, objective, pictured[0].judged.problem.points),
        "score": score_name(study.score_on(name)),
        "runs": [
            {
                "run_key": winner.judged.run_key,
                "repeat": winner.cell.repeat,
                **shown_run(winner.judged, traces[winner.judged.run_key], study, descents),
            }
            for winner in pictured
            if winner.judged.run_key in traces
        ],
    }


def objective_facts(name: str, objective: Objective, starts: Array) -> dict[str, Any]:
    """What the page needs to draw paths on an objective, whose starts `(d, S)` are inside."""
    return {
        "name": name,
        "dim": objective.dim,
        "minimum": None if objective.minimum is None else float(objective.minimum),
        "floor": None if objective.minimum is None else gap_floor(objective),
        "plane": plane(objective, starts),
    }


def shown_run(run: Run, trace: Trace, study: Study, descents: Descents) -> dict[str, Any]:
    """A run as it was recorded, and what the page needs to compute it again."""
    name = run.optimizer_name
    return {
        "optimizer": name,
        "settings": settings_in_words(run),
        **track(run, trace),
        "live": alive(run, trace, study.spaces.get(name, {}), descents, RACED),
    }


def _tables(folder: StudyFolder, found: Findings) -> Iterator[tuple[str, str]]:
    """The study's CSV tables as they are on disk, and `runs.csv`: every use of a run."""
    yield from written_tables(folder).items()
    yield "runs.csv", run_table(folder, found.judgement.study, found.winners).to_csv(index=False)


def run_table(folder: StudyFolder, study: Study, winners: Sequence[Winner]) -> pd.DataFrame:
    """The runs of a study: a row for each use of a run, with its hyperparameters, score and measures."""
    cells = {cell.key: len(cell) for winner in winners for cell in _cells(study, winner)}
    trials = folder.trials(cells)
    mine = trials[trials["trial"] < trials["cell"].map(cells)].drop(columns="cell")
    runs = folder.runs(mine["run_key"].unique())
    names = [name for name in folder.hyperparameter_names() if name in runs and runs[name].notna().any()]
    front = ["objective", "optimizer", "phase", "regime", "repeat", "trial", *names, "score"]
    return mine.merge(runs[["run_key", *names, *_OF_RUNS]], on="run_key")[[*front, *_OF_RUNS, "run_key"]]


def _cells(study: Study, winner: Winner) -> Iterator[Cell]:
    """The search of a winner, and what goes with it: its optimizer as configured, and both on fresh starts."""
    yield winner.cell
    if study.evaluates:
        yield study.reference(winner.cell)
        yield from study.evaluations(winner.cell, winner.run)
