"""Choosing hyperparameters: every search is ask/tell, `while trials := search.ask(): ...; search.tell(scores)`."""

from rmsprop_lab.plan import Cell
from rmsprop_lab.search.grid import Grid
from rmsprop_lab.search.protocol import Searcher, Trial

__all__ = ["Searcher", "Trial", "searcher_for"]


def searcher_for(cell: Cell) -> Searcher:
    """The search of one cell, at its beginning."""
    return Grid({}) if cell.search.method == "none" else Grid(cell.space)
