"""Choosing hyperparameters: every search is ask/tell, `while trials := search.ask(): ...; search.tell(scores)`."""

from rmsprop_lab.plan import Cell
from rmsprop_lab.search.grid import Grid
from rmsprop_lab.search.protocol import Searcher, Trial
from rmsprop_lab.search.random import Random

__all__ = ["Searcher", "Trial", "searcher_for"]


def searcher_for(cell: Cell) -> Searcher:
    """The search of one cell, at its beginning."""
    if cell.search.method == "random":
        return Random(cell.space, cell.search.trials, cell.search.seed)
    return Grid({} if cell.search.method == "none" else cell.space)
