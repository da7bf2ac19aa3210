"""Chooses hyperparameters. Every search is a loop `while trials := search.ask(): ...; search.tell(scores)`."""

from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.space import grid_points
from rmsprop_lab.search.fixed import Fixed, random_points, sobol_points
from rmsprop_lab.search.protocol import Scored, Searcher, Trial

__all__ = ["Scored", "Searcher", "Trial", "searcher_for"]


def searcher_for(cell: Cell) -> Searcher:
    """The searcher of a cell, before its first trial.

    >>> from rmsprop_lab import Range, Search, Starts, Study
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> space = {"step_size": Range(0.01, 1.0, "log", points=3)}
    >>> study = Study(
    ...     "example", {"bowl": Bowl()}, {"gd": GD(step_size=0.1)}, Starts(), 10, Search("grid"), {"gd": space}
    ... )
    >>> [trial.hyperparameters["step_size"] for trial in searcher_for(study.cells[0]).ask()]
    [0.01, 0.1, 1.0]
    """
    search = cell.search
    match search.method:
        case "none":
            return Fixed([{}])
        case "grid":
            return Fixed(grid_points(cell.space))
        case "random":
            return Fixed(random_points(cell.space, search.trials, cell.seed))
        case "qmc":
            return Fixed(sobol_points(cell.space, search.trials, cell.seed))
        case _:
            from rmsprop_lab.search.optuna_sampler import OptunaSearcher  # importing Optuna takes 0.3 s

            return OptunaSearcher(search.method, cell.space, search.trials, search.batch, cell.seed)
