"""Estimates how long a study will take and how much it will write, by timing a few iterations."""

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rmsprop_lab.descent import descend, pays_to_compile
from rmsprop_lab.errors import raised
from rmsprop_lab.evaluation.curves import thinned
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.run import batch_size
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.searches import tells_importance

LOGGING = 0.01  # seconds to log a run to MLflow, with its picture
_SENDING = 0.3  # the same to a server
_OPENING = 4.0  # seconds to open the MLflow store
_LOGGED_BYTES = 95e3  # bytes that MLflow stores for a run

_TRIED = 20  # iterations that are timed
_AT_ONCE = 8192  # coordinates that the NumPy engine computes at once
_ENOUGH = 0.1  # seconds spent on timing; the remaining cells are assumed to be as fast as the last one timed

# Seconds, measured on the machine of docs/benchmarks.md:
_PER_RUN = 1.5e-4  # for a run's key, row and trial
_PER_ROW = 5e-7  # for a row of a trace: its measures, its table, its compression
_PER_PART = 1e-2  # to publish a batch, including fsync
_COMPILING, _TIMES_AS_QUICK = 3.0, 3.0  # to compile a pair; how much faster than NumPy it then is
_DRAWING, _PER_OBJECTIVE, _PER_SEARCH = 0.5, 0.9, 0.2  # for figures: in all, per objective and per search
_STARTING, _GATHERING, _GATHERED_BYTE = 3.0, 2e-3, 1.5e-8  # of several processes: in all, per run, per byte of traces
_OPTUNA = 1.5  # to import Optuna, which chooses trials and computes importances


class Forecast(NamedTuple):
    """The cost of all shards together, if nothing is computed yet.

    Args:
        computing: Seconds to compute the runs, which processes can share.
        concluding: Seconds to draw and to log, in one process.
        gathering: Seconds to gather what several processes have computed, in one process.
        size: Bytes on disk.
    """

    computing: float
    concluding: float
    gathering: float
    size: float

    def seconds(self, processes: int = 1) -> float:
        """Seconds in all, in a number of processes."""
        return self.computing / processes + self.concluding + (self.gathering if processes > 1 else 0.0)


def forecast(study: Study, tracked: bool, figures: bool, *, server: bool = False) -> Forecast:
    """Estimates the cost of a study: right within a factor of about two on an idle machine.

    Args:
        study: The study; a few iterations of its cells are timed.
        tracked: Whether runs are logged to MLflow.
        figures: Whether figures are drawn.
        server: Whether a server logs the runs.
    """
    concluding, seconds = _OPENING + (_SENDING if server else LOGGING) * len(study) if tracked else 0.0, 0.0
    if figures:
        searches = len(study.cells) / study.search.repeats if study.search.method != "none" else 0.0
        concluding += _DRAWING + _PER_OBJECTIVE * len(study.objectives) + _PER_SEARCH * searches
    if study.search.learns or tells_importance(study.search):
        concluding += _OPTUNA
    traces = 0.0
    for alike in (study.cells, *_judging(study)):
        pace, began = 0.0, time.perf_counter()
        for index, cell in enumerate(alike):
            if index == 0 or time.perf_counter() - began < _ENOUGH:
                pace = _pace(cell)
            dim, starts = cell.problem.points.shape
            rows = len(cell) * starts * len(thinned(study.n_iter + 1, cell.problem.kept))
            seconds += _computing(cell, pace) + _PER_RUN * len(cell) + _PER_ROW * rows
            traces += rows * 7 * (dim + 2)
    gathering = _STARTING + _GATHERING * len(study) + _GATHERED_BYTE * traces
    return Forecast(seconds, concluding, gathering, traces + (_LOGGED_BYTES * len(study) if tracked else 0.0))


def _judging(study: Study) -> Iterator[list[Cell]]:
    """The cells beside the searches: optimizers as configured, and evaluations (of any point, as all cost the same)."""
    if study.evaluates:
        yield [study.reference(cell) for cell in study.cells if cell.repeat == 0]
        yield [again for cell in study.cells for again in study.evaluations(cell, cell.run({}))]


def _computing(cell: Cell, pace: float) -> float:
    """Seconds to compute the descents of a cell and to publish them."""
    at_once = min(batch_size(cell.problem), _asked(cell))
    whole, rest = divmod(len(cell), at_once)
    publishing = _PER_PART * (whole + (rest > 0))
    taken = whole * _parts(cell, at_once) + _parts(cell, rest)
    seconds = pace * taken * cell.problem.n_iter
    work = len(cell) * cell.problem.points.size * cell.problem.n_iter
    if pays_to_compile(cell.problem.objective, cell.optimizer, work, cell.engine):
        seconds = min(seconds, _COMPILING + seconds / _TIMES_AS_QUICK)
    return seconds + publishing


def _asked(cell: Cell) -> int:
    """Number of runs that a cell's search asks for at a time."""
    return min(len(cell), cell.search.batch) if cell.search.learns else len(cell)


def _parts(cell: Cell, runs: int) -> int:
    """Number of chunks in which a batch of runs is computed."""
    return -(-runs * cell.problem.points.size // _AT_ONCE)


def _pace(cell: Cell) -> float:
    """Seconds per iteration of one chunk."""
    points = cell.problem.points
    runs = min(_asked(cell), batch_size(cell.problem), max(1, _AT_ONCE // points.size))
    starts = np.tile(points, runs)
    seconds = dict.fromkeys((1, 1 + _TRIED), np.inf)
    try:
        for n_iter in 3 * tuple(seconds):  # the first calls are slower
            began = time.thread_time()  # without the time of other processes
            descend(cell.problem.objective, cell.optimizer, starts, n_iter, engine="numpy")
            seconds[n_iter] = min(seconds[n_iter], time.thread_time() - began)
    except BaseException as error:  # in the user's code: its runs will fail at once and record it
        raised(error)
        return 0.0
    few, more = seconds.values()
    return float(max(0.0, more - few) / _TRIED)
