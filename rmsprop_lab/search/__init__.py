"""Choosing hyperparameters: every search is ask/tell, `while trials := search.ask(): ...; search.tell(scores)`."""

from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.space import grid_points
from rmsprop_lab.search.fixed import Fixed, random_points, sobol_points
from rmsprop_lab.search.protocol import Scored, Searcher, Trial

__all__ = ["Scored", "Searcher", "Trial", "searcher_for"]


def searcher_for(cell: Cell) -> Searcher:
    """The search of one cell, before its first trial."""
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
            from rmsprop_lab.search.optuna_sampler import OptunaSearcher  # Optuna takes a third of a second to import

            return OptunaSearcher(search.method, cell.space, search.trials, search.batch, cell.seed)
