"""Choosing hyperparameters: every search is ask/tell, `while trials := search.ask(): ...; search.tell(scores)`."""

from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.search.grid import Grid
from rmsprop_lab.search.protocol import Scored, Searcher, Trial
from rmsprop_lab.search.quasi_random import QuasiRandom
from rmsprop_lab.search.random import Random

__all__ = ["Scored", "Searcher", "Trial", "searcher_for"]


def searcher_for(cell: Cell) -> Searcher:
    """The search of one cell, at its beginning."""
    search = cell.search
    if search.method == "random":
        return Random(cell.space, search.trials, cell.seed)
    if search.method == "qmc":
        return QuasiRandom(cell.space, search.trials, cell.seed)
    if search.learns:
        from rmsprop_lab.search.optuna_sampler import Sampled  # Optuna takes a third of a second to import

        return Sampled(search.method, cell.space, search.trials, search.batch, cell.seed)
    return Grid({} if search.method == "none" else cell.space)
