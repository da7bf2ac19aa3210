"""A few runs of one problem, computed and published."""

from collections.abc import Sequence

import pyarrow as pa

from rmsprop_lab.evaluation.compute import Computed, compute
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.storage import folder as results
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.schema import SCHEMAS, run_table, start_table, trace_table, trial_table

PROBLEM = Problem("bowl", Bowl(), Starts(count=3), 10)
CELL = Cell(PROBLEM, "gd", GD(0.1), {}, Search("grid"))


def runs_of(*steps: float) -> list[Run]:
    return [Run(PROBLEM, "gd", GD(step)) for step in steps]


def trials_of(runs: list[Run], first: int = 0) -> pa.Table:
    """Trials of one cell, numbered from `first`, each with its number in the list as its score."""
    numbered = {first + index: run for index, run in enumerate(runs)}
    return trial_table(CELL, numbered, {number: float(number - first) for number in numbered})


def tables_of(parts: Sequence[Computed], trials: pa.Table | None = None) -> dict[str, pa.Table]:
    """What `StudyFolder.publish` takes."""
    tables = {
        "runs": map(run_table, parts),
        "trials": [] if trials is None else [trials],
        "traces": (trace_table(part.run_keys, part.trace) for part in parts),
        "starts": map(start_table, parts),
    }
    return {name: pa.concat_tables([SCHEMAS[name].empty_table(), *found]) for name, found in tables.items()}


def publish(folder: StudyFolder, runs: list[Run], first: int = 0) -> results.Published:
    with folder.lock():
        return folder.publish(tables_of(compute(runs), trials_of(runs, first)))
