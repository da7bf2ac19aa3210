"""A few runs of one problem, computed and published."""

import pyarrow as pa

from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.storage import folder as results
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.schema import RUNS, TRACES, run_table, trace_table, trial_table

PROBLEM = Problem("bowl", Bowl(), Starts(count=3), 10)
CELL = Cell(PROBLEM, "gd", GD(0.1), {}, Search("grid"))


def runs_of(*steps: float) -> list[Run]:
    return [Run(PROBLEM, "gd", GD(step)) for step in steps]


def trials_of(runs: list[Run], first: int = 0) -> pa.Table:
    """Trials of one cell, numbered from `first`, each with its number in the list as its score."""
    numbered = {first + index: run for index, run in enumerate(runs)}
    return trial_table(CELL, numbered, {number: float(number - first) for number in numbered})


def publish(folder: StudyFolder, runs: list[Run], first: int = 0) -> results.Published:
    parts = compute(runs)
    run_rows = pa.concat_tables([RUNS.empty_table(), *map(run_table, parts)])
    traces = pa.concat_tables([TRACES.empty_table(), *(trace_table(part.run_keys, part.trace) for part in parts)])
    with folder.lock():
        return folder.publish(run_rows, trials_of(runs, first), traces)
