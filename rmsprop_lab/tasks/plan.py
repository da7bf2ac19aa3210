"""`task=plan`: what `task=run` would compute, how much of it is on disk, what the rest takes. It changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.descent import pays_to_compile
from rmsprop_lab.errors import ResultsError
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.schema import FORMAT
from rmsprop_lab.tasks.forecast import Forecast, forecast
from rmsprop_lab.tasks.whole import recalled


@dataclass(frozen=True)
class PlannedPair:
    """What is planned of one optimizer on one objective.

    Args:
        objective: The objective's name.
        optimizer: The optimizer's name.
        repeats: Number of searches.
        trials: Number of trials of each.
        evaluations: Number of runs beside each search: the optimizer as configured, and the winner, on fresh starts.
        there: How many of all these are on disk.
        engine: What computes them, `numba` or `numpy`.
    """

    objective: str
    optimizer: str
    repeats: int
    trials: int
    evaluations: int
    there: int
    engine: str

    @property
    def runs(self) -> int:
        return self.repeats * (self.trials + self.evaluations)


@dataclass(frozen=True)
class Planned:
    """What a study takes.

    Args:
        pairs: Each optimizer on each objective.
        left: The cost of what is not on disk.
        unread: Why the study's folder cannot be read; empty if it can.
    """

    pairs: list[PlannedPair]
    left: Forecast
    unread: str = ""

    @property
    def runs(self) -> int:
        return sum(pair.runs for pair in self.pairs)

    @property
    def there(self) -> int:
        return sum(pair.there for pair in self.pairs)


def planned(study: Study, folder: StudyFolder, tracked: bool, figures: bool, *, server: bool = False) -> Planned:
    """What computing a study takes; its folder is read, without a lock, and not changed.

    Args:
        study: The study.
        folder: Its folder, which need not exist.
        tracked: Whether runs are logged to MLflow.
        figures: Whether figures are drawn.
        server: Whether a server logs them.
    """
    there, unread = dict[tuple[str, str], int](), ""
    try:
        there = _there(study, folder)
    except ResultsError as error:
        unread = str(error)
    pairs = [
        _pair(study, objective, optimizer, there) for objective in study.objectives for optimizer in study.optimizers
    ]
    whole = forecast(study, tracked, figures, server=server)
    share = 1.0 - sum(pair.there for pair in pairs) / len(study)
    return Planned(pairs, Forecast(*(share * cost for cost in whole)), unread)


def _pair(study: Study, objective: str, optimizer: str, there: dict[tuple[str, str], int]) -> PlannedPair:
    cells = [cell for cell in study.cells if (cell.problem.name, cell.optimizer_name) == (objective, optimizer)]
    first = cells[0]
    work = sum(len(cell) * cell.problem.points.size * cell.problem.n_iter for cell in cells)
    compiled = pays_to_compile(first.problem.objective, first.optimizer, work, first.engine)
    beside = 3 if study.evaluates else 0
    found = there.get((objective, optimizer), 0)
    return PlannedPair(objective, optimizer, len(cells), len(first), beside, found, "numba" if compiled else "numpy")


def _there(study: Study, folder: StudyFolder) -> dict[tuple[str, str], int]:
    """The number of trials that are on disk, by objective and optimizer."""
    if folder.version != FORMAT:
        return {}
    trials: dict[str, set[int]] = {}
    for key, _, trial, _ in folder.trial_keys():
        trials.setdefault(key, set()).add(trial)
    winners = {(w.cell.problem.name, w.cell.optimizer_name, w.cell.repeat): w for w in recalled(study, folder).winners}
    found: dict[tuple[str, str], int] = {}
    for cell in study.cells:
        labels = cell.problem.name, cell.optimizer_name
        for part in _parts(study, cell, winners.get((*labels, cell.repeat))):
            numbers = trials.get(part.key, ())
            found[labels] = found.get(labels, 0) + sum(number < len(part) for number in numbers)
    return found


def _parts(study: Study, cell: Cell, winner: Winner | None) -> Iterator[Cell]:
    """A search, and what is computed beside it as far as its winner is known."""
    yield cell
    if study.evaluates:
        yield study.reference(cell)
        if winner:
            yield from study.evaluations(cell, winner.run)
