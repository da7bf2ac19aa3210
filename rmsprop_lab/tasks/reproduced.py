"""Finds the cells that reproduce recorded runs: a row of a table has labels and numbers, but no classes."""

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from rmsprop_lab.errors import InputError
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study


def reproduced(
    studies: Sequence[Study],
    rows: Mapping[str, Mapping[str, Any]],
    uses: Mapping[str, tuple[str, str]],
    key_of: Callable[[Run], str] = attrgetter("run_key"),
) -> list[tuple[Cell, list[Run]]]:
    """The runs that a cell of these studies reproduces.

    Args:
        studies: Studies, the newest first.
        rows: Rows of `runs.parquet` by run key, `hyperparameters` as a mapping.
        uses: The phase and regime of each run's first trial, by run key.
        key_of: The key of a run in `rows`.

    Returns:
        Cells with their runs. A cell has the phase and regime in which its runs were first used.
    """
    cells = {cell.key: cell for study in reversed(studies) for cell in _cells(study)}
    by_labels = defaultdict[tuple[str, str], list[Cell]](list)
    for cell in cells.values():
        by_labels[cell.problem.name, cell.optimizer_name].append(cell)
    found = defaultdict[tuple[str, str, str], list[Run]](list)
    for key, row in rows.items():
        for cell in by_labels[row["objective"], row["optimizer"]]:
            run = _again(cell, row)
            if run is not None and key_of(run) == key:
                found[cell.key, *uses[key]].append(run)
                break
    return [(_as_used(cells[key], phase, regime), runs) for (key, phase, regime), runs in found.items()]


def _as_used(cell: Cell, phase: str, regime: str) -> Cell:
    """The cell that the runs were first used in. The optimizer as configured has an empty space."""
    space = {} if regime == "default" and cell.search.method != "none" else cell.space
    return dataclasses.replace(cell, phase=phase, regime=regime, space=space)


def _cells(study: Study) -> Iterator[Cell]:
    """The searches of a study and one evaluation of each; its problem reproduces any run on the fresh starts."""
    for cell in study.cells:
        yield cell
        if study.evaluates:
            yield next(study.evaluations(cell, cell.run({})))


def _again(cell: Cell, row: Mapping[str, Any]) -> Run | None:
    try:
        return cell.run(row["hyperparameters"])
    except (TypeError, InputError):  # the class now has other fields, or rejects a value
        return None
